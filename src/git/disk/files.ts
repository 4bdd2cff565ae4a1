import { writev } from 'node:fs'
import { constants, link, mkdir, open, rename, rm } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { lengthOf } from '../lengthOf.ts'

/** A file that is being written: one write at a time. */
export interface WritableFile {
  /** Writes all of the buffers, one behind the other, from a position on. */
  write(buffers: readonly Uint8Array[], position: number): Promise<void>
  /** Resolves when what was written survives a power cut. The file's name is its folder's matter. */
  sync(): Promise<void>
  close(): Promise<void>
}

export interface CreateOptions {
  readonly mode?: number
  /** Throws `EEXIST` where the file is there; else what is there is cut to nothing. */
  readonly exclusive?: boolean
  /** Each write will be synced at once: where the system does both in one, `sync` has nothing left to do. It is to be called all the same. */
  readonly eachSynced?: boolean
  /** What is there stays, and is written over. */
  readonly inPlace?: boolean
}

/**
 * All that changes a repository's folder, except for what git does itself. A test records it, and rebuilds the disk as it may
 * be after a power cut: what was synced is there, of the rest any part.
 */
export interface Files {
  create(path: string, options?: CreateOptions): Promise<WritableFile>
  rename(from: string, to: string): Promise<void>
  /** Gives a file a second name. Throws where one is there, or where the file system knows no such thing. */
  link(from: string, to: string): Promise<void>
  remove(path: string): Promise<void>
  /** Makes the folder and those above it. */
  makeFolder(path: string): Promise<void>
  /** Resolves when the names in the folder, as they are now, survive a power cut. */
  syncFolder(path: string): Promise<void>
  /** The same for the bytes of a file that others wrote. */
  syncFile(path: string): Promise<void>
}

/** The disk. */
export const nodeFiles: Files = {
  async create(path, { mode = 0o666, exclusive = false, eachSynced = false, inPlace = false } = {}) {
    const isSynced = eachSynced && syncsWrites
    const flags = (inPlace ? 0 : O_TRUNC) | (exclusive ? O_EXCL : 0) | (isSynced ? O_DSYNC : 0)
    const handle = await open(path, O_WRONLY | O_CREAT | flags, mode)
    let writing: Promise<void> | undefined
    return {
      write(buffers, position) {
        writing = writeAll(handle.fd, buffers, position)
        return writing
      },
      sync: async () => {
        if (!isSynced) await handle.datasync()
      },
      // The number may be another file's at once.
      async close() {
        await writing?.catch(() => {})
        await handle.close()
      },
    }
  },
  rename,
  link,
  remove: (path) => rm(path, { force: true }),
  async makeFolder(path) {
    await mkdir(path, { recursive: true })
  },
  syncFolder: syncPath,
  syncFile: syncPath,
}

async function syncPath(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

const { O_CREAT, O_DSYNC, O_EXCL, O_TRUNC, O_WRONLY } = constants

/** On Linux such a write is what a write and an `fdatasync` are (open(2)); macOS has the flag, too, but leaves the bytes in the disk's own memory. */
const syncsWrites = process.platform === 'linux'

/** The same for what is thrown away in the end: nothing waits for the disk. */
export const unsyncedFiles: Files = {
  ...nodeFiles,
  create: async (path, options) => {
    const file = await nodeFiles.create(path, { ...options, eachSynced: false })
    return { ...file, sync: async () => {} }
  },
  syncFolder: async () => {},
  syncFile: async () => {},
}

/**
 * For what nobody waits for: it writes a little at a time, each synced before the next. Who syncs a file of his own meanwhile waits
 * for one of these on the disk, not for all.
 */
export function gently(files: Files): Files {
  return eachFile(files, (file) => ({ write: (buffers, position) => writeGently(file, buffers, position) }))
}

/** The same for one write. */
export async function writeGently(file: WritableFile, buffers: readonly Uint8Array[], position: number): Promise<void> {
  let at = position
  for (const some of inPortions(buffers, mostUnsynced)) {
    await file.write(some, at)
    await file.sync()
    at += lengthOf(some)
  }
}

/** The same for much that nobody waits for at all: it rests after each write as long as that took, so that the disk has time for others. */
export function unhurried(files: Files): Files {
  return eachFile(files, (file) => ({
    async write(buffers, position) {
      const started = performance.now()
      await file.write(buffers, position)
      await delay(performance.now() - started)
    },
  }))
}

/** The same, but for what `change` says of each file that is written. */
function eachFile(files: Files, change: (file: WritableFile) => Partial<WritableFile>): Files {
  return {
    ...files,
    async create(path, options) {
      const file = await files.create(path, options)
      return { ...file, ...change(file) }
    },
  }
}

/** Bytes. A disk takes them in a millisecond or two. */
const mostUnsynced = 256 << 10

/** The same bytes, at most so many at a time. */
function* inPortions(buffers: readonly Uint8Array[], most: number): Generator<Uint8Array[]> {
  let some: Uint8Array[] = []
  let left = most
  for (const buffer of buffers) {
    for (let done = 0; done < buffer.length; ) {
      const part = buffer.subarray(done, done + left)
      some.push(part)
      done += part.length
      left -= part.length
      if (left > 0) continue
      yield some
      some = []
      left = most
    }
  }
  if (some.length > 0) yield some
}

/** By the file's number: its handle's promise costs this thread a quarter more for each write. */
function writeAll(file: number, buffers: readonly Uint8Array[], position: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const write = (left: readonly Uint8Array[], at: number) =>
      writev(file, left, at, (error, written) => {
        if (error) return reject(error)
        const rest = behind(left, written)
        if (rest.length > 0) write(rest, at + written)
        else resolve()
      })
    write(buffers, position)
  })
}

/** What is left of the bytes behind the first so many. */
function behind(buffers: readonly Uint8Array[], length: number): Uint8Array[] {
  const left: Uint8Array[] = []
  let done = length
  for (const buffer of buffers) {
    if (done < buffer.length) left.push(buffer.subarray(done))
    done = Math.max(0, done - buffer.length)
  }
  return left
}
