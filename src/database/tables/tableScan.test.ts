import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openMemory } from '../../git/memory.ts'
import { WorkingTree } from '../../git/trees/workingTree.ts'
import { formatRecord } from '../json/json.ts'
import { createTransaction } from '../transactions/treeTransaction.ts'
import { RecordCache } from './recordCache.ts'
import { tableFanout } from './tableFolder.ts'
import { scanRecords } from './tableScan.ts'

const path = ['db', 'stock']
const ids = Array.from({ length: 2_500 }, (_, place) => `r${place}`)

/** A table in folders of two digits, each record of 50 bytes, and which blobs are read. */
async function makeTable() {
  const repository = openMemory()
  const written = new WorkingTree(null, async () => [])
  await tableFanout(written, path).putMany(ids.map((id) => [id, formatRecord({ _id: id, text: 'x'.repeat(20) })]))
  const { root, objects } = written.seal()
  await repository.land(objects, [])
  let blobs = 0
  const tree = new WorkingTree(root, async (oids) => {
    const found = await repository.read(oids)
    blobs += found.filter(({ type }) => type === 'blob').length
    return found
  })
  const scan = async (cache: RecordCache, except = new Set<string>()) => {
    blobs = 0
    const found: string[] = []
    const take = ({ _id }: { _id: string }) => found.push(_id)
    const count = await scanRecords({ tree, fanout: tableFanout(tree, path), except, take, cache })
    assert.equal(count, found.length)
    return { found: found.sort(), blobs }
  }
  return { tree, scan, blobs: () => blobs }
}

test('a scan gives each record once, but those that it is to leave out, and reads them once', async () => {
  const { scan } = await makeTable()
  const cache = new RecordCache()
  const but = ids.filter((id) => id !== 'r7').sort()
  assert.deepEqual(await scan(cache, new Set(['r7'])), { found: but, blobs: 2_499 })
  assert.deepEqual(await scan(cache), { found: [...ids].sort(), blobs: 1 })
})

test('of a table that is larger than the cache a part stays there', async () => {
  const { scan } = await makeTable()
  const cache = new RecordCache(60_000)
  assert.equal((await scan(cache)).blobs, 2_500)
  for (let again = 0; again < 3; again++) {
    const { found, blobs } = await scan(cache)
    assert.deepEqual(found, [...ids].sort())
    assert.ok(blobs < 2_000, `${blobs} of 2,500 were read again`)
  }
})

test('a record in a wrong folder is refused, though the cache has it', async () => {
  const { tree, scan } = await makeTable()
  const cache = new RecordCache()
  await scan(cache)
  const { path: right } = (await tableFanout(tree, path).find('r7'))!
  const child = (await tree.get(right))!
  const wrong = [...path, right.at(-2) === '00' ? '01' : '00', 'r7.json']
  await tree.remove(right)
  tree.placeNow(wrong, child)
  await assert.rejects(scan(cache), { code: 'invalid', message: /r7\.json is in a wrong folder/ })
})

test('a count without a query reads no record, and sees what was written here', async () => {
  const { tree, blobs } = await makeTable()
  const transaction = createTransaction({ tree, basedir: 'db', now: '', newId: () => 'new' })
  await transaction.upsert('stock', { _id: 'one-more' })
  await transaction.deleteOne('stock', { _id: 'r7' })
  await transaction.upsert('stock', { _id: 'r8', text: 'other' })
  const before = blobs()
  assert.equal(await transaction.count('stock'), 2_500)
  assert.equal(await transaction.count('stock', {}, { skip: 10, limit: 5 }), 5)
  assert.equal(await transaction.count('stock', {}, { skip: 2_499 }), 1)
  assert.equal(blobs(), before)
  await transaction.dropTable('stock')
  assert.equal(await transaction.count('stock'), 0)
  await transaction.finish()
})
