import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { type GitObject, type Oid, wholeObject } from '../../git/objects/object.ts'
import { WorkingTree } from '../../git/trees/workingTree.ts'
import { tableFanout } from './tableFolder.ts'

test('a tree’s folders go out of memory when it lets go of them, also those of tables that nobody asks for any more', async () => {
  const objects = new Map<Oid, GitObject>()
  const tree = new WorkingTree(
    null,
    async () => [],
    (oid) => objects.get(oid),
  )
  const write = (table: string, text: string) => {
    tableFanout(tree, ['db', table]).putNow('a', Buffer.from(text))
    for (const object of tree.seal().objects)
      objects.set(
        object.oid,
        wholeObject(object, (oid) => objects.get(oid)),
      )
    tree.keep()
  }
  const tables = ['t1', 't2', 't3']
  for (const table of tables) for (const text of ['1', '2']) write(table, text)
  const folders = tables.map((table) => new WeakRef(tree.listNow(['db', table])))
  for (let count = 0; count < 10; count++) write('busy', String(count))
  tree.shrink(0)
  write('busy', 'after')
  await collectGarbage()
  assert.deepEqual(
    folders.map((folder) => folder.deref()),
    [undefined, undefined, undefined],
  )
})

/** What a weak reference was made of, or gave, stays until the turn ends. */
async function collectGarbage(): Promise<void> {
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')
  for (let round = 0; round < 3; round++) {
    await setImmediate()
    collect()
  }
}
