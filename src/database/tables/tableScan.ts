import { takeBreaths } from '../../git/breath.ts'
import type { Fanout, FanoutFolder } from '../../git/trees/fanout.ts'
import type { FanoutEntry } from '../../git/trees/fanoutWays.ts'
import type { WorkingTree } from '../../git/trees/workingTree.ts'
import { fingerprintOf } from './fingerprint.ts'
import type { KnownFingerprints } from './knownFingerprints.ts'
import { decodeRecord, type StoredRecord } from './record.ts'
import { type RecordCache, recordCache } from './recordCache.ts'

export interface ScanOptions {
  readonly tree: WorkingTree
  readonly fanout: Fanout
  /** Ids to leave out. */
  readonly except: { has(id: string): boolean }
  /** Is given each record, which is the cache's own, in no order. */
  readonly take: (record: StoredRecord) => void
  /** Default: the one of this process. */
  readonly cache?: RecordCache
  /** Is told of what is read. */
  readonly fingerprints?: KnownFingerprints
}

/**
 * Reads all records of a table, some of them together. Gives how many there are. Throws where a file is no record or in a wrong
 * place. Others have a turn now and then; the tree must stay as it is meanwhile.
 */
export async function scanRecords({
  fanout,
  except,
  take,
  cache = recordCache,
  ...rest
}: ScanOptions): Promise<number> {
  const breath = takeBreaths()
  const unread = new Unread({ ...rest, cache, take })
  let count = 0
  for await (const folder of fanout.folders()) {
    for (const file of folder.files) {
      if (except.has(file.key)) continue
      count++
      const known = cache.get(file.oid, file.key)
      if (known?.folder !== folder.digits) fanout.checkPlace(folder, file.key)
      if (!known) unread.add(folder, fanout.entryIn(folder, file))
      else {
        known.folder = folder.digits
        unread.seen += known.size
        take(known.record)
      }
      const pause = breath()
      if (pause) await pause
    }
    if (unread.count >= together) await unread.read()
  }
  await unread.read()
  return count
}

type UnreadOptions = Pick<ScanOptions, 'tree' | 'take' | 'fingerprints'> & { readonly cache: RecordCache }

/** Files of records that are not in the cache, on their way into it. Of a table that is larger than the cache its first records stay. */
class Unread {
  /** Bytes of files that were seen in the scan. */
  seen = 0
  readonly #options: UnreadOptions
  #entries: FoundEntry[] = []

  constructor(options: UnreadOptions) {
    this.#options = options
  }

  get count(): number {
    return this.#entries.length
  }

  add({ digits }: FanoutFolder, entry: FanoutEntry): void {
    this.#entries.push({ entry, folder: digits })
  }

  async read(): Promise<void> {
    const entries = this.#entries
    this.#entries = []
    for (let from = 0; from < entries.length; from += together) await this.#read(entries.slice(from, from + together))
  }

  async #read(entries: readonly FoundEntry[]): Promise<void> {
    const { tree, cache, take, fingerprints } = this.#options
    const breath = takeBreaths()
    const blobs = entries.length > 0 ? await tree.readBlobs(entries.map(({ entry }) => entry.oid)) : []
    for (const [index, { entry, folder }] of entries.entries()) {
      const bytes = blobs[index]!
      const record = decodeRecord(bytes, entry.key, entry.path.join('/'))
      this.seen += bytes.length
      if (this.seen < cache.limit * 0.8) cache.add(entry.oid, record, bytes.length, folder)
      fingerprints?.set(entry.oid, entry.key, fingerprintOf(record))
      take(record)
      const pause = breath()
      if (pause) await pause
    }
  }
}

/** A file, and the digits of the folder in which it was found. */
interface FoundEntry {
  readonly entry: FanoutEntry
  readonly folder: string
}

/** So many files are read at once: looking for them in the packs is one piece of work. */
const together = 5_000
