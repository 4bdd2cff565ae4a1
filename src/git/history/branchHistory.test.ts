import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openMemory } from '../memory.ts'
import { Workspace } from '../workspace.ts'

const main = 'refs/heads/main'

test('what a batch has made so far is a part of the past, and gone when it is taken back', async () => {
  const workspace = await Workspace.open(openMemory(), [main])
  const write = async (file: string, text: string, time: number) => {
    await workspace.tree(main).write(['db', file], Buffer.from(text))
    const author = { name: 'Ada', email: 'ada@example.org' }
    return workspace.commit(main, { message: `${file} ${text}`, author, time: time * 1_000 })!
  }
  const history = workspace.history(main)
  assert.equal(history.tip, null)
  assert.deepEqual(await history.lineSince(), [])
  assert.equal(await history.newestUntil(9), undefined)
  const first = await write('a', '1', 1)
  assert.equal(await workspace.land(), 'landed')
  const second = await write('a', '2', 2)
  const before = workspace.checkpoint()
  const third = await write('b', '3', 3)
  assert.deepEqual(await history.lineSince(), [first, second, third])
  assert.deepEqual(await history.lineSince(first), [second, third])
  assert.deepEqual(await history.lineSince(second), [third])
  assert.deepEqual(
    (await history.log([['db', 'a']])).map(({ commit }) => commit),
    [second, first],
  )
  assert.deepEqual(
    (await history.log([['db']], second)).map(({ commit }) => commit),
    [third],
  )
  assert.deepEqual([await history.newestUntil(1), await history.newestUntil(2)], [first, second])
  assert.deepEqual(await history.startingWith(third.slice(0, 8)), [third])
  assert.equal((await (await history.tree(second)).read(['db', 'a']))?.toString(), '2')
  assert.deepEqual(
    (await history.compare(first, third, [['db']])).map(({ path }) => path.join('/')),
    ['db/a', 'db/b'],
  )
  workspace.restore(before)
  assert.deepEqual([await history.has(third), await history.has(second), history.tip], [false, true, second])
})
