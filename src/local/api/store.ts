// The store of the embedded API: one table of objects, one log of events, in a SQLite file that several processes share
// and that survives kill -9.

import { watch, type FSWatcher } from 'node:fs'
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { openDatabase, shrinkDatabase, usedBytes } from './database.ts'

/** How much of the log is kept for watchers that resume; older versions are answered with 410. */
export interface LogLimits {
  readonly events: number
  readonly bytes: number
}

const usualLimits: LogLimits = { events: 8192, bytes: 32 * 1024 * 1024 }
/** Writes of other processes are told by the file system; this is how often we look where it does not. */
const lookMs = 500

export interface Key {
  /** `pods`, or `workflows.argoproj.io`. */
  readonly resource: string
  /** '' for cluster-wide resources. */
  readonly namespace: string
  readonly name: string
}

export interface StoredEvent {
  readonly version: number
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
  readonly name: string
  /** The object as JSON text, after the change; the last state of a deleted one. */
  readonly body: string
  /** The object before the change. */
  readonly previous: string | null
}

export class ObjectStore {
  readonly #db: DatabaseSync
  readonly #limits: LogLimits
  readonly #statements = new Map<string, StatementSync>()
  #changed = Promise.withResolvers<void>()
  #dataVersion = 0
  #depth = 0
  #wrote = false
  #hasWritten = false
  #eventsSinceTrim = 0
  #bytesSinceTrim = 0
  #watcher: FSWatcher | undefined
  #timer: NodeJS.Timeout | undefined

  /** `file` is made when missing; its folder must be there. It holds Secrets: nobody else may read it. */
  constructor(file: string, limits: LogLimits = usualLimits) {
    this.#limits = limits
    this.#db = openDatabase(file)
    this.#dataVersion = this.#readDataVersion()
    this.#listen(`${file}-wal`)
  }

  /** All reads and writes of `work` happen at one moment, also towards other processes; an error undoes them. */
  transaction<T>(work: () => T): T {
    return this.#atOnce('BEGIN IMMEDIATE', work)
  }

  /** All reads of `work` see one moment; nobody waits for anybody. */
  read<T>(work: () => T): T {
    return this.#atOnce('BEGIN', work)
  }

  /** Runs `work` as it would be, and undoes everything it wrote. */
  rehearse<T>(work: () => T): T {
    const done = Symbol('done')
    let result: { readonly value: T } | undefined
    try {
      this.transaction(() => {
        result = { value: work() }
        throw done
      })
    } catch (error) {
      if (error !== done || result === undefined) throw error
    }
    return (result as { readonly value: T }).value
  }

  #atOnce<T>(begin: string, work: () => T): T {
    if (this.#depth > 0) return work()
    this.#db.exec(begin)
    this.#depth++
    this.#wrote = false
    try {
      const result = work()
      this.#db.exec('COMMIT')
      if (this.#wrote) this.#notify()
      return result
    } catch (error) {
      this.#db.exec('ROLLBACK')
      throw error
    } finally {
      this.#depth--
    }
  }

  /** The version of the last write. */
  version(): number {
    return this.#counter('version')
  }

  /** Events up to this version are gone. */
  trimmed(): number {
    return this.#counter('trimmed')
  }

  get({ resource, namespace, name }: Key): string | undefined {
    const row = this.#one(
      'SELECT body FROM objects WHERE resource = ? AND namespace = ? AND name = ?',
      resource,
      namespace,
      name,
    )
    return row?.['body'] as string | undefined
  }

  /** Bodies in the order of namespace and name, after the given place. An empty namespace means all. */
  list(
    resource: string,
    namespace: string,
    after?: { readonly namespace: string; readonly name: string },
  ): Iterable<string> {
    const start = after ?? { namespace: '', name: '' }
    const rows =
      namespace === ''
        ? this.#prepare(
            'SELECT body FROM objects WHERE resource = ? AND (namespace, name) > (?, ?) ORDER BY namespace, name',
          ).all(resource, start.namespace, start.name)
        : this.#prepare(
            'SELECT body FROM objects WHERE resource = ? AND namespace = ? AND name > ? ORDER BY name',
          ).all(resource, namespace, start.name)
    return rows.map((row) => row['body'] as string)
  }

  /** Objects that name `uid` as an owner. */
  ownedBy(uid: string): readonly Key[] {
    return this.#prepare('SELECT resource, namespace, name FROM owners WHERE uid = ?').all(
      uid,
    ) as unknown as readonly Key[]
  }

  /**
   * Writes an object, or removes it, and logs the event. `bodyAt` makes the text for the version of this write. Only
   * inside of a transaction.
   */
  write(
    type: StoredEvent['type'],
    key: Key,
    bodyAt: (version: number) => string,
    previous: string | undefined,
    owners: readonly string[],
  ): string {
    const { resource, namespace, name } = key
    const row = this.#one("UPDATE counters SET value = value + 1 WHERE name = 'version' RETURNING value")
    const version = row?.['value'] as number
    const body = bodyAt(version)
    this.#run(
      'DELETE FROM owners WHERE resource = ? AND namespace = ? AND name = ?',
      resource,
      namespace,
      name,
    )
    if (type === 'DELETED') {
      this.#run(
        'DELETE FROM objects WHERE resource = ? AND namespace = ? AND name = ?',
        resource,
        namespace,
        name,
      )
    } else {
      this.#run('INSERT OR REPLACE INTO objects VALUES (?, ?, ?, ?)', resource, namespace, name, body)
      for (const uid of owners)
        this.#run('INSERT OR IGNORE INTO owners VALUES (?, ?, ?, ?)', uid, resource, namespace, name)
    }
    const size = body.length + (previous?.length ?? 0)
    this.#run(
      'INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      version,
      resource,
      namespace,
      name,
      type,
      body,
      previous ?? null,
      size,
    )
    this.#eventsSinceTrim++
    this.#bytesSinceTrim += size
    const { events, bytes } = this.#limits
    if (this.#eventsSinceTrim * 16 >= events || this.#bytesSinceTrim * 4 >= bytes) this.#trim(version)
    this.#wrote = true
    this.#hasWritten = true
    return body
  }

  /** Events after `version`, oldest first, at most `limit`. An empty namespace means all. */
  eventsAfter(resource: string, namespace: string, version: number, limit: number): readonly StoredEvent[] {
    const rows = this.#prepare(
      "SELECT version, type, name, body, previous FROM events WHERE resource = ? AND version > ? AND (? = '' OR namespace = ?) " +
        'ORDER BY version LIMIT ?',
    ).all(resource, version, namespace, namespace, limit)
    return rows as unknown as readonly StoredEvent[]
  }

  /** Resolves at the next write of this or of another process. Ask before reading, so that nothing falls in between. */
  nextChange(): Promise<void> {
    return this.#changed.promise
  }

  close(): void {
    this.#watcher?.close()
    clearInterval(this.#timer)
    if (this.#hasWritten) this.#leaveTidy()
    this.#statements.clear()
    this.#db.close()
  }

  /** Many short runs write little each, so none of them would trim the log. */
  #leaveTidy(): void {
    try {
      this.transaction(() => {
        const { events, bytes } = this.#limits
        // The objects count, too: an upper bound that costs nothing.
        if (this.version() - this.trimmed() > events || usedBytes(this.#db) > bytes)
          this.#trim(this.version())
      })
    } catch {
      // Another process has held the file for long: the next one tidies.
    }
    shrinkDatabase(this.#db)
  }

  #trim(version: number): void {
    this.#eventsSinceTrim = 0
    this.#bytesSinceTrim = 0
    const heavy = this.#one(
      'SELECT max(version) AS version FROM (SELECT version, sum(size) OVER (ORDER BY version DESC) AS total FROM events) WHERE total > ?',
      this.#limits.bytes,
    )
    const upTo = Math.max(version - this.#limits.events, (heavy?.['version'] as number | null) ?? 0)
    if (upTo <= this.trimmed()) return
    this.#run('DELETE FROM events WHERE version <= ?', upTo)
    this.#run("UPDATE counters SET value = ? WHERE name = 'trimmed'", upTo)
  }

  #listen(walFile: string): void {
    const look = (): void => {
      const now = this.#readDataVersion()
      if (now === this.#dataVersion) return
      this.#dataVersion = now
      this.#notify()
    }
    try {
      this.#watcher = watch(walFile, { persistent: false }, look)
      this.#watcher.on('error', () => this.#watcher?.close())
    } catch {
      // No watch to be had (too many, or a file system without them): the timer below looks instead.
    }
    this.#timer = setInterval(look, lookMs).unref()
  }

  #notify(): void {
    const { resolve } = this.#changed
    this.#changed = Promise.withResolvers<void>()
    resolve()
  }

  /** Changes exactly when another connection has written. */
  #readDataVersion(): number {
    return this.#one('PRAGMA data_version')?.['data_version'] as number
  }

  #counter(name: string): number {
    return this.#one('SELECT value FROM counters WHERE name = ?', name)?.['value'] as number
  }

  #one(sql: string, ...values: (string | number | null)[]): Record<string, unknown> | undefined {
    return this.#prepare(sql).get(...values)
  }

  #run(sql: string, ...values: (string | number | null)[]): void {
    this.#prepare(sql).run(...values)
  }

  #prepare(sql: string): StatementSync {
    const known = this.#statements.get(sql)
    if (known !== undefined) return known
    const statement = this.#db.prepare(sql)
    this.#statements.set(sql, statement)
    return statement
  }
}
