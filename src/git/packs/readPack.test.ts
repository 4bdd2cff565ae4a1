import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import { deflateSync } from 'node:zlib'
import { git } from '../commands/git.ts'
import { encodeCommit } from '../objects/commit.ts'
import { type GitObject, makeObject } from '../objects/object.ts'
import { encodeTree } from '../objects/tree.ts'
import { newBare } from '../testing/gitFolder.ts'
import { encodePack } from './pack.ts'
import { readPack } from './readPack.ts'

const deltas = { 'against objects by id': [], 'against places in the pack': ['--delta-base-offset'] }

for (const [how, options] of Object.entries(deltas))
  test(`a pack as git sends it is read object by object, deltas ${how} among them`, async (t) => {
    const objects = someObjects(60)
    const pack = await packByGit(t, objects, options)
    const whole = encodePack(objects).pack.reduce((sum, piece) => sum + piece.length, 0)
    assert.ok(pack.length < whole / 5, 'git has written deltas')
    const byId = new Map(readPack(pack).map((object) => [object.oid, object]))
    assert.equal(byId.size, objects.length)
    for (const { oid, type, body } of objects) {
      assert.equal(byId.get(oid)!.type, type)
      assert.ok(byId.get(oid)!.body.equals(body))
    }
  })

test('a pack that is cut off, changed, or lacks a base is refused', async (t) => {
  const pack = await packByGit(t, someObjects(4), [])
  // The last 20 bytes are a checksum; each object has one of its own.
  for (let length = 0; length < pack.length - 20; length += 7)
    assert.throws(() => readPack(pack.subarray(0, length)), { code: 'internal' }, `cut off after ${length} bytes`)
  const isSame = (objects: GitObject[], others: GitObject[]) => oidsOf(objects) === oidsOf(others)
  const read = readPack(pack)
  for (let at = 0; at < pack.length - 20; at += 3) {
    const changed = Buffer.from(pack)
    changed[at]! ^= 0x11
    assert.ok(!isSame(orNone(changed), read), `byte ${at} was changed`)
  }
  const { oid } = makeObject('blob', Buffer.from('a'))
  const delta = deflateSync(Buffer.from([1, 1, 1, 0x62])).toString('hex')
  const thin = Buffer.from(`5041434b000000020000000174${oid}${delta}${'00'.repeat(20)}`, 'hex')
  assert.throws(() => readPack(thin), { code: 'internal', message: /the base of a delta is missing/ })
})

function orNone(pack: Buffer): GitObject[] {
  try {
    return readPack(pack)
  } catch (error) {
    assert.equal((error as { code?: string }).code, 'internal', String(error))
    return []
  }
}

function oidsOf(objects: readonly GitObject[]): string {
  return objects
    .map(({ oid }) => oid)
    .sort()
    .join()
}

/** Files of a text that nothing makes shorter and that they have in common, one that is empty, their folder, and its commit. */
function someObjects(count: number): GitObject[] {
  const shared = Array.from({ length: 20 }, (_, place) => hash('sha512', `${place}`)).join('\n')
  const blobs = Array.from({ length: count }, (_, place) => makeObject('blob', Buffer.from(`${shared}\n${place}\n`)))
  const empty = makeObject('blob', Buffer.alloc(0))
  const tree = encodeTree([empty, ...blobs].map(({ oid }, place) => ({ name: `${place}`, mode: '100644', oid })))
  const author = { name: 'Ada', email: 'ada@example.org' }
  return [...blobs, empty, tree, encodeCommit({ tree: tree.oid, parents: [], author, time: 0, message: 'all' })]
}

async function packByGit(t: TestContext, objects: readonly GitObject[], options: readonly string[]): Promise<Buffer> {
  const folder = await newBare(t)
  const pack = Buffer.concat(encodePack(objects).pack)
  await git([`--git-dir=${folder}`, 'index-pack', '--stdin'], { input: pack })
  const oids = objects.map(({ oid }) => oid).join('\n')
  // Else git would not look for deltas between objects of one pack.
  const how = ['--quiet', '--stdout', '--no-reuse-delta', ...options]
  return await git([`--git-dir=${folder}`, 'pack-objects', ...how], { input: `${oids}\n` })
}
