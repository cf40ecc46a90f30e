// Opens the SQLite file of the embedded API: made when missing, private, and never that of a newer program.

import { closeSync, openSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { ArgoError, errorMessage } from '../../errors/argo-error.ts'

/** Counts the layouts of the file: a program never touches the state of a newer one. */
const layout = 1

const schema = `
  PRAGMA user_version = ${String(layout)};
  CREATE TABLE IF NOT EXISTS objects (
    resource TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (resource, namespace, name)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS owners (
    uid TEXT NOT NULL, resource TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL,
    PRIMARY KEY (uid, resource, namespace, name)) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS owned ON owners (resource, namespace, name);
  CREATE TABLE IF NOT EXISTS events (
    version INTEGER PRIMARY KEY, resource TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL,
    type TEXT NOT NULL, body TEXT NOT NULL, previous TEXT, size INTEGER NOT NULL);
  CREATE INDEX IF NOT EXISTS events_of ON events (resource, version);
  CREATE TABLE IF NOT EXISTS counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
  INSERT OR IGNORE INTO counters VALUES ('version', 1), ('trimmed', 0);
`

/** Size of everything in the file. */
export function usedBytes(db: DatabaseSync): number {
  const pragma = (name: string): number => db.prepare(`PRAGMA ${name}`).get()?.[name] as number
  return (pragma('page_count') - pragma('freelist_count')) * pragma('page_size')
}

/**
 * Gives pages that nothing is in back to the disk, and empties the log of writes. What other processes use at this
 * moment stays as it is: one of them will do it.
 */
export function shrinkDatabase(db: DatabaseSync): void {
  try {
    db.exec('PRAGMA busy_timeout = 0; PRAGMA incremental_vacuum; PRAGMA wal_checkpoint(TRUNCATE)')
  } catch {
    // Another process writes.
  }
}

/** Throws ERR_INVALID_INPUT that names the file. */
export function openDatabase(file: string): DatabaseSync {
  let db: DatabaseSync | undefined
  try {
    closeSync(openSync(file, 'a', 0o600))
    db = new DatabaseSync(file, { timeout: 10_000 })
    const found = db.prepare('PRAGMA user_version').get()?.['user_version'] as number
    // Only before anything is in the file; later it would be a write, which wakes all others.
    if (found === 0) db.exec('PRAGMA auto_vacuum = INCREMENTAL')
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL')
    if (found > layout)
      throw new Error(
        `it was written by a newer program (layout ${String(found)}, known is ${String(layout)})`,
      )
    // At once, so that two programs that start together do not make half of it each.
    if (found < layout) db.exec(`BEGIN IMMEDIATE; ${schema} COMMIT`)
    return db
  } catch (error) {
    db?.close()
    throw new ArgoError(
      `open the state file ${file}: ${errorMessage(error)}; name another with --state, or move this one away`,
      {
        code: 'ERR_INVALID_INPUT',
        cause: error,
      },
    )
  }
}
