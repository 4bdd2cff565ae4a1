import { hash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { takeBreaths } from '../breath.ts'
import type { Oid } from '../objects/object.ts'
import { placeInSorted } from '../objects/sortedOids.ts'
import type { Lineage } from './lineage.ts'
import { readCuts } from './readCuts.ts'

/**
 * Reads git's commit-graph of a bare repository (gitformat-commit-graph), one file or a chain of them. Nothing where there is none,
 * where git would pass it by (commit-graph.c, `commit_graph_compatible`), or where it is not what its checksum is of.
 */
export async function readCommitGraph(folder: string): Promise<CommitGraph | undefined> {
  if ((await readCuts(folder)) !== undefined) return undefined
  const info = join(folder, 'objects', 'info')
  const alone = await read(join(info, 'commit-graph'))
  const files = alone ? [alone] : await readChain(join(info, 'commit-graphs'))
  return files && graphOf(files)
}

async function readChain(folder: string): Promise<(Buffer | undefined)[] | undefined> {
  const chain = await read(join(folder, 'commit-graph-chain'))
  const names = chain?.toString().split('\n').filter(Boolean)
  return names && (await Promise.all(names.map((name) => read(join(folder, `graph-${name}.graph`)))))
}

function graphOf(files: readonly (Buffer | undefined)[]): CommitGraph | undefined {
  const layers: Layer[] = []
  let first = 0
  for (const file of files) {
    const layer = file && layerOf(file, first, layers.length)
    if (!layer) return undefined
    layers.push(layer)
    first += layer.count
  }
  return layers.length > 0 ? new CommitGraph(layers) : undefined
}

/** One file: the commits from a place on. */
interface Layer {
  readonly first: number
  readonly count: number
  readonly fanout: Buffer
  readonly ids: Buffer
  readonly commits: Buffer
  readonly edges: Buffer
}

function layerOf(file: Buffer, first: number, layersBelow: number): Layer | undefined {
  const end = file.length - idLength
  if (end < headLength || !hash('sha1', file.subarray(0, end), 'buffer').equals(file.subarray(end))) return undefined
  const [version, hashVersion, chunkCount, below] = file.subarray(4, headLength)
  const isOurs = file.toString('latin1', 0, 4) === 'CGPH' && version === 1 && hashVersion === 1
  if (!isOurs || below !== layersBelow) return undefined
  const chunks = new Map<string, Buffer>()
  for (let at = headLength; at < headLength + chunkCount! * chunkEntry; at += chunkEntry) {
    // Each entry of the table ends where the next one begins.
    const [from, to] = [file.readBigUInt64BE(at + 4), file.readBigUInt64BE(at + 4 + chunkEntry)]
    chunks.set(file.toString('latin1', at, at + 4), file.subarray(Number(from), Number(to)))
  }
  const [fanout, ids, commits] = ['OIDF', 'OIDL', 'CDAT'].map((name) => chunks.get(name))
  if (!fanout || !ids || !commits) return undefined
  return { first, count: ids.length / idLength, fanout, ids, commits, edges: chunks.get('EDGE') ?? Buffer.alloc(0) }
}

/** Commits by their places: those of the lowest file first, each file's in the order of their ids. */
export class CommitGraph {
  readonly #layers: readonly Layer[]
  readonly #count: number

  constructor(layers: readonly Layer[]) {
    this.#layers = layers
    this.#count = layers.reduce((sum, { count }) => sum + count, 0)
  }

  has(commit: Oid): boolean {
    return this.#place(commit) !== undefined
  }

  /** Adds these commits and all that lead to them to an empty lineage, parents first. Others have a turn now and then. */
  async addTo(lineage: Lineage, commits: readonly Oid[]): Promise<void> {
    const breath = takeBreaths()
    const places = new Int32Array(this.#count).fill(unseen)
    // Depth first, without recursion: a history is deeper than any stack.
    const stack = commits.map((commit) => this.#place(commit)!)
    while (stack.length > 0) {
      const pause = breath()
      if (pause) await pause
      const place = stack.at(-1)!
      const parents = this.#parents(place)
      const before = stack.length
      if (places[place] === unseen) for (const parent of parents) if (places[parent] === unseen) stack.push(parent)
      if (stack.length > before) continue
      stack.pop()
      if (places[place] !== unseen) continue
      const { ids, at, time } = this.#entry(place)
      places[place] = lineage.append(
        ids.subarray(at, at + idLength),
        parents.map((parent) => places[parent]!),
        time,
      )
    }
  }

  #place(commit: Oid): number | undefined {
    const wanted = Buffer.from(commit, 'hex')
    for (const { first, fanout, ids } of this.#layers) {
      const low = wanted[0] === 0 ? 0 : fanout.readUInt32BE((wanted[0]! - 1) * 4)
      const place = placeInSorted(ids, wanted, low, fanout.readUInt32BE(wanted[0]! * 4))
      if (place !== undefined) return first + place
    }
    return undefined
  }

  #parents(place: number): number[] {
    const { commits, edges, first } = this.#layerOf(place)
    const at = (place - first) * commitLength + idLength
    const one = commits.readUInt32BE(at)
    const two = commits.readUInt32BE(at + 4)
    if (one === none) return []
    if (two === none) return [one]
    if (two < isList) return [one, two]
    const parents = [one]
    for (let edge = (two - isList) * 4; ; edge += 4) {
      const parent = edges.readUInt32BE(edge)
      parents.push(parent % isList)
      if (parent >= isList) return parents
    }
  }

  /** Its id in a buffer, and the committer's time in seconds: 34 bits. */
  #entry(place: number): { ids: Buffer; at: number; time: number } {
    const { first, ids, commits } = this.#layerOf(place)
    const at = (place - first) * commitLength + idLength + 8
    const time = (commits.readUInt32BE(at) & 3) * 2 ** 32 + commits.readUInt32BE(at + 4)
    return { ids, at: (place - first) * idLength, time }
  }

  #layerOf(place: number): Layer {
    return this.#layers.findLast(({ first }) => first <= place)!
  }
}

const idLength = 20
const headLength = 8
const chunkEntry = 12
/** Its tree, two parents, generation and time. */
const commitLength = idLength + 16
/** No parent. */
const none = 0x70000000
/** The highest bit: the other parents are in a list, or the last of a list. */
const isList = 0x80000000
const unseen = -1

/** Nothing where it is not there: upkeep may have taken it away this moment. */
async function read(path: string): Promise<Buffer | undefined> {
  return await readFile(path).catch(() => undefined)
}
