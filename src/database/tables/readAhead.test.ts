import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openMemory } from '../../git/memory.ts'
import { treeOf } from '../../git/objects/commit.ts'
import { WorkingTree } from '../../git/trees/workingTree.ts'
import { Workspace } from '../../git/workspace.ts'
import { readSchema } from '../schemas/schema.ts'
import { readRecordAhead } from './readAhead.ts'
import { readSettings } from './settings.ts'

test('a record, its schema and the settings are in memory once they were read ahead', async () => {
  const { repository, root } = await begun()
  const tree = new WorkingTree(root, (oids) => repository.read(oids))
  await readRecordAhead(tree, 'db', 'notes', 'a')
  // Neither waits for anything.
  assert.ok(readSchema(tree, ['db', 'notes']))
  assert.equal(readSettings(tree, ['db']).indexes.size, 0)
})

test('where the repository cannot be read, whoever reads ahead is told, and nothing fails that nobody waits for', async (t) => {
  const { repository, root } = await begun()
  const strays: unknown[] = []
  const stray = (error: unknown) => void strays.push(error)
  process.on('unhandledRejection', stray)
  t.after(() => process.off('unhandledRejection', stray))
  let reads = 0
  const tree = new WorkingTree(root, async (oids) => {
    if (reads++ > 0) throw new Error('the network is down')
    return await repository.read(oids)
  })
  await assert.rejects(readRecordAhead(tree, 'db', 'notes', 'a'), /the network is down/)
  await new Promise((resolve) => setImmediate(resolve))
  assert.deepEqual(strays, [])
})

async function begun() {
  const repository = openMemory()
  const workspace = await Workspace.open(repository, [branch])
  const tree = workspace.tree(branch)
  await tree.write(['db', 'notes', 'a.json'], Buffer.from('{\n  "_id": "a"\n}\n'))
  await tree.write(['db', 'notes', '.schema.json'], Buffer.from('{"type":"object"}\n'))
  await tree.write(['db', '.commitbase.json'], Buffer.from('{}\n'))
  const commit = workspace.commit(branch, { message: 'begin', author: { name: 'A', email: 'a@example.org' }, time: 0 })
  await workspace.land()
  return { repository, root: treeOf((await repository.read([commit!]))[0]!.body) }
}

const branch = 'refs/heads/main'
