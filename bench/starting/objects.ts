import { hash } from 'node:crypto'
import { deflateSync } from 'node:zlib'
import { encodePackHeader } from '../../src/git/packs/growingPack.ts'
import { idOf } from '../records.ts'
import type { Folder } from './layout.ts'

type Kind = 'commit' | 'tree' | 'blob'

/** gitformat-pack, "object types". */
const kinds: Readonly<Record<Kind, number>> = { commit: 1, tree: 2, blob: 3 }

/** Objects by id, each once: git refuses a pack that holds one twice. */
export class Objects {
  readonly #all = new Map<string, { readonly kind: Kind; readonly body: Buffer }>()

  add(kind: Kind, body: Buffer): Buffer {
    const oid = oidOf(kind, body)
    this.#all.set(oid.toString('hex'), { kind, body })
    return oid
  }

  /** The tree of the folder; `blobs` gives a place's blob. */
  addFolder({ folders, places }: Folder, blobs: (place: number) => Buffer, extra: readonly Entry[] = []): Buffer {
    const below = [...folders].map(([name, folder]) => ({ mode: '40000', name, oid: this.addFolder(folder, blobs) }))
    const files = places.map((place) => ({ mode: '100644', name: `${idOf(place)}.json`, oid: blobs(place) }))
    return this.addTree([...below, ...files, ...extra])
  }

  addTree(entries: readonly Entry[]): Buffer {
    // Folders sort as if their name ended in a slash (git's base_name_compare); all names here are ASCII.
    const key = ({ mode, name }: Entry) => (mode === '40000' ? `${name}/` : name)
    const sorted = entries.toSorted((a, b) => (key(a) < key(b) ? -1 : 1))
    return this.add(
      'tree',
      Buffer.concat(sorted.flatMap(({ mode, name, oid }) => [Buffer.from(`${mode} ${name}\0`), oid])),
    )
  }

  addCommit(tree: Buffer, message: string): Buffer {
    const who = 'Bench <bench@example.org> 1767225600 +0000'
    const text = `tree ${tree.toString('hex')}\nauthor ${who}\ncommitter ${who}\n\n${message}\n`
    return this.add('commit', Buffer.from(text))
  }

  /** All of them as one pack (gitformat-pack, version 2). */
  pack(): Buffer {
    const entries = [...this.#all.values()].flatMap(({ kind, body }) => [
      entryHeader(kinds[kind], body.length),
      deflateSync(body, { level: 1 }),
    ])
    const body = Buffer.concat([encodePackHeader(this.#all.size), ...entries])
    return Buffer.concat([body, hash('sha1', body, 'buffer')])
  }
}

export interface Entry {
  readonly mode: string
  readonly name: string
  readonly oid: Buffer
}

export function oidOf(kind: Kind, body: Buffer): Buffer {
  return hash('sha1', Buffer.concat([Buffer.from(`${kind} ${body.length}\0`), body]), 'buffer')
}

/** Type and size, 4 bits and then 7 a byte, lowest first. */
function entryHeader(kind: number, size: number): Buffer {
  const bytes = [(kind << 4) | (size & 0x0f)]
  for (let rest = size >>> 4; rest > 0; rest >>>= 7) {
    bytes[bytes.length - 1]! |= 0x80
    bytes.push(rest & 0x7f)
  }
  return Buffer.from(bytes)
}
