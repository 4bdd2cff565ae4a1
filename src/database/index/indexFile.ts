import { rmSync, statSync } from 'node:fs'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { TaskThread } from '../../git/taskThread.ts'
import { step } from '../../step.ts'
import type { CheckpointTask } from './checkpointWorker.ts'

/** What is in the file, one more with each change: a file of another format is made anew. */
const format = 'commitbase-index-3'

const layout = `
  CREATE TABLE state (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE tables (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, indexes TEXT NOT NULL, ready INTEGER NOT NULL, records INTEGER NOT NULL);
  CREATE TABLE garbage (number INTEGER PRIMARY KEY);
  CREATE TABLE records (tab INTEGER, id TEXT, entries BLOB NOT NULL, PRIMARY KEY (tab, id)) WITHOUT ROWID;
  CREATE TABLE entries (idx INTEGER, standing INTEGER, key BLOB, id TEXT, PRIMARY KEY (idx, standing, key, id)) WITHOUT ROWID;
  CREATE TABLE segments (number INTEGER PRIMARY KEY, place INTEGER NOT NULL, rows INTEGER NOT NULL);
  CREATE TABLE pages (segment INTEGER, place INTEGER, first BLOB NOT NULL, rows BLOB NOT NULL, UNIQUE (segment, place));
  CREATE INDEX pages_by_key ON pages (segment, first, place);
`

/**
 * Opens the file, or makes it where it is missing, damaged, in another format or somebody else's: all that it holds is built
 * again from git. Throws where it is not the file that is at fault (`isPassing`).
 */
export function openIndexFile(path: string, basedir: string): IndexFile {
  try {
    return new IndexFile(path, openSound(path, basedir))
  } catch (error) {
    if (isPassing(error)) throw error
    removeIndexFile(path)
    return new IndexFile(path, create(path, basedir))
  }
}

function openSound(path: string, basedir: string): DatabaseSync {
  const database = connect(path)
  try {
    const state = database.prepare('SELECT value FROM state WHERE name = ?')
    const isOurs = state.get('format')?.value === format && state.get('basedir')?.value === basedir
    if (!isOurs) throw new Error('not an index file of this format')
    // What was closed in order is as it was written: the check reads all of the file.
    const isClosed = state.get('closed') !== undefined
    if (!isClosed && database.prepare('PRAGMA quick_check(1)').get()?.quick_check !== 'ok') throw new Error('damaged')
    database.prepare("DELETE FROM state WHERE name = 'closed'").run()
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

function create(path: string, basedir: string): DatabaseSync {
  const database = connect(path)
  database.exec(`BEGIN; ${layout} COMMIT`)
  const state = database.prepare('INSERT INTO state VALUES (?, ?)')
  state.run('basedir', basedir)
  state.run('format', format)
  return database
}

function connect(path: string): DatabaseSync {
  const database = new DatabaseSync(path)
  try {
    // WAL and NORMAL: a power cut may take the last moments of the file away, and leaves it in one piece.
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -32768')
    // See `checkpoint`. One that begins anew is as long as what is in it.
    database.exec('PRAGMA wal_autocheckpoint = 0; PRAGMA journal_size_limit = 0')
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

export function removeIndexFile(path: string): void {
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(`${path}${suffix}`, { force: true, recursive: true })
}

/** Whether SQLite's error says nothing against the file: the disk is full, or somebody else has the file for now. */
export function isPassing(error: unknown): boolean {
  const code = error instanceof Error && 'errcode' in error ? Number(error.errcode) : 0
  return (code & 0xff) === busy || code === full || code === noRoomBesideIt
}

const busy = 5
const full = 13
/** SQLITE_IOERR_SHMSIZE. */
const noRoomBesideIt = 4_874

/** The connection, with each statement prepared once. */
export class IndexFile {
  readonly path: string
  readonly #database: DatabaseSync
  readonly #statements = new Map<string, StatementSync>()
  readonly #thread = new TaskThread<CheckpointTask, void>({ script: checkpointWorker, work: 'keeps the index' })
  /** Bytes of the log that are in the file. */
  #checkpointed = 0
  #isCheckpointing = false

  constructor(path: string, database: DatabaseSync) {
    this.path = path
    this.#database = database
  }

  statement(sql: string): StatementSync {
    const known = this.#statements.get(sql)
    if (known) return known
    const statement = this.#database.prepare(sql)
    this.#statements.set(sql, statement)
    return statement
  }

  /**
   * All of the work is in the file, or nothing of it. `later`: it is on disk with the next work that does not wait, since each
   * commit writes every page that was touched, and work on scattered keys touches the same ones over and over.
   */
  transact<T>(work: () => T, later = false): T {
    if (!this.#database.isTransaction) this.#database.exec('BEGIN IMMEDIATE')
    try {
      const result = work()
      if (!later) this.#database.exec('COMMIT')
      step('rows.written')
      return result
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
      throw error
    }
  }

  read(name: string): string | undefined {
    return this.statement('SELECT value FROM state WHERE name = ?').get(name)?.value as string | undefined
  }

  write(name: string, value: string | undefined): void {
    if (value === undefined) this.statement('DELETE FROM state WHERE name = ?').run(name)
    else this.statement('INSERT OR REPLACE INTO state VALUES (?, ?)').run(name, value)
  }

  /** Whether another thread may be writing: whoever can wait with a write of his own is to. */
  get isCheckpointing(): boolean {
    return this.#isCheckpointing
  }

  /**
   * Has a long log (SQLite's WAL) put into the file and begun anew by another thread, since both wait for the disk. That is only where
   * nobody writes, so that in the end it is done here. One that fails is tried again when the log is longer: what is wrong is met by
   * those who read.
   */
  async checkpoint(): Promise<void> {
    const { size } = statSync(`${this.path}-wal`, { throwIfNoEntry: false }) ?? { size: 0 }
    if (size < this.#checkpointed) this.#checkpointed = 0
    if (size - this.#checkpointed < longLog) return
    this.#checkpointed = size
    if (size < longestLog || this.#database.isTransaction) await this.#checkpointBeside()
    else this.#database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  }

  async #checkpointBeside(): Promise<void> {
    this.#isCheckpointing = true
    // Who writes all the same waits for the thread, but for nobody else who has the file.
    this.#database.exec('PRAGMA busy_timeout = 1000')
    try {
      await this.#thread.run({ path: this.path })
    } catch {
      // Tried again when the log is longer.
    } finally {
      this.#isCheckpointing = false
      if (this.#database.isOpen) this.#database.exec('PRAGMA busy_timeout = 0')
    }
  }

  close(): void {
    void this.#thread.close()
    if (this.#database.isTransaction) this.#database.exec('COMMIT')
    try {
      this.write('closed', 'in order')
    } finally {
      this.#statements.clear()
      this.#database.close()
    }
  }
}

const checkpointWorker = new URL('./checkpointWorker.ts', import.meta.url)

/** Bytes of a log that is put into the file, and of one that nobody may add to meanwhile. */
const longLog = 4 << 20
const longestLog = 64 << 20
