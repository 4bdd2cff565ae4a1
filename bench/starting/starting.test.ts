import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runGit } from '../git.ts'
import { judge } from '../judge.ts'
import { fileOf, writeAt } from '../records.ts'
import { checkLayout } from './checkLayout.ts'
import { addHistory, versionsOf } from './history.ts'
import { pathOf } from './layout.ts'
import { copyStarting } from './starting.ts'

for (const size of [1, 1_000, 1_001, 3_000]) {
  test(`a table of ${size} is made as the project itself would lay it out, and git finds no fault`, async () => {
    const folder = await copyStarting(size, 'trie')
    await checkLayout(folder, size, size)
    await judge(folder)
  })
}

test('another layout than ours is seen', async () => {
  await assert.rejects(checkLayout(await copyStarting(1_001, 'flat'), 1_001, 100), /files would move/)
  await assert.rejects(checkLayout(await copyStarting(1_000, 'trie'), 1_001, 1_001), /no record sku-001000/)
})

test('all layouts hold the same records', async () => {
  const { place } = writeAt(3_000, 0)
  for (const layout of ['folders', 'flat'] as const) {
    const folder = await copyStarting(3_000, layout)
    assert.equal((await runGit(folder, ['ls-tree', '-r', '--name-only', 'main'])).split('\n').length, 3_000)
    const shown = await runGit(folder, ['cat-file', 'blob', `main:${pathOf(layout, place)}`])
    assert.equal(`${shown}\n`, fileOf(place, 0).toString())
  }
})

test('copies are apart: what one writes, another does not see', async () => {
  const [one, other] = [await copyStarting(1_000, 'trie'), await copyStarting(1_000, 'trie')]
  await addHistory(one, 1_000, 200)
  await judge(one)
  assert.equal(await runGit(one, ['rev-list', '--count', 'main']), '201')
  assert.equal(await runGit(other, ['rev-list', '--count', 'main']), '1')
})

test('the past has as many versions of a record as are told', async () => {
  const folder = await copyStarting(1_000, 'trie')
  await addHistory(folder, 1_000, 500)
  for (const place of [1, 761]) {
    const path = `db/stock/sku-${String(place).padStart(6, '0')}.json`
    const commits = await runGit(folder, ['rev-list', '--count', 'main', '--', path])
    assert.equal(Number(commits), versionsOf(place, 1_000, 500))
  }
})
