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

/** Throws ERR_INVALID_INPUT that names the file. */
export function openDatabase(file: string): DatabaseSync {
  let db: DatabaseSync | undefined
  try {
    closeSync(openSync(file, 'a', 0o600))
    db = new DatabaseSync(file, { timeout: 10_000 })
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL')
    const found = db.prepare('PRAGMA user_version').get()?.['user_version'] as number
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
