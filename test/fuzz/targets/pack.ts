import assert from 'node:assert/strict'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { encodeCommit } from '../../../src/git/objects/commit.ts'
import { makeObject } from '../../../src/git/objects/object.ts'
import { decodeTree, encodeTree } from '../../../src/git/objects/tree.ts'
import { encodePack } from '../../../src/git/packs/pack.ts'
import { PackStore } from '../../../src/git/packs/packStore.ts'
import type { Target } from '../target.ts'

const author = { name: 'Ada', email: 'ada@example.org' }
const blobs = [0, 1, 100, 3_000].map((size) => makeObject('blob', Buffer.alloc(size, `${size} `)))
const tree = encodeTree(blobs.map(({ oid }, at) => ({ name: `f${at}`, mode: '100644', oid })))
const commit = encodeCommit({ tree: tree.oid, parents: [], author, time: 1_000, message: 'seed' })
const objects = [...blobs, tree, commit]

/** A pack and its index, one behind the other, in a folder: an object comes out with the length that it says it has, or an error does. */
export const pack: Target = {
  seeds() {
    const { pack, index } = encodePack(objects)
    return [join_(Buffer.concat(pack), index), join_(Buffer.concat(encodePack(blobs).pack), encodePack(blobs).index)]
  },
  words: ['PACK', '\u00ff', 'x\u009c'],
  run(input) {
    const [packed, index] = parted(input)
    writeFileSync(join(folder(), 'pack-1.pack'), packed)
    writeFileSync(join(folder(), 'pack-1.idx'), index)
    const store = new PackStore(folder())
    try {
      for (const { oid, type } of objects) {
        const found = attempt(() => store.read(oid))
        if (!found) continue
        assert.ok(Buffer.isBuffer(found.body) && found.body.length < 1 << 28)
        if (found.type === 'tree' && type === 'tree') attempt(() => decodeTree(found.body))
      }
    } finally {
      store.close()
    }
  },
}

/** What is damaged is an error in words, and not one of the reader's own. */
function attempt<T>(work: () => T): T | undefined {
  try {
    return work()
  } catch (error) {
    assert.ok(error instanceof Error)
    assert.ok(!(error instanceof TypeError), error.stack)
    return undefined
  }
}

let made: string | undefined

function folder(): string {
  made ??= mkdtempSync(join(tmpdir(), 'commitbase-fuzz-'))
  return made
}

/** The pack's length, the pack, the index. */
function join_(packed: Buffer, index: Buffer): Buffer {
  const head = Buffer.alloc(4)
  head.writeUInt32BE(packed.length)
  return Buffer.concat([head, packed, index])
}

function parted(input: Buffer): [Buffer, Buffer] {
  if (input.length < 4) return [input, input]
  const length = Math.min(input.readUInt32BE(0), input.length - 4)
  return [input.subarray(4, 4 + length), input.subarray(4 + length)]
}
