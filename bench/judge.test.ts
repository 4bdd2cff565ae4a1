import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runGit } from './git.ts'
import { judge } from './judge.ts'
import { copyStarting } from './starting/starting.ts'

test('a tree whose entries are out of order is found', async () => {
  const folder = await copyStarting(10, 'trie')
  const blob = Buffer.from(await runGit(folder, ['hash-object', '-w', '--stdin'], 'x'), 'hex')
  const entry = (name: string) => Buffer.concat([Buffer.from(`100644 ${name}\0`), blob])
  const bytes = Buffer.concat([entry('b'), entry('a')])
  const tree = await runGit(folder, ['hash-object', '-t', 'tree', '-w', '--literally', '--stdin'], bytes)
  const commit = await runGit(folder, ['commit-tree', tree, '-m', 'Bad'])
  await runGit(folder, ['update-ref', 'refs/heads/main', commit])
  await assert.rejects(judge(folder), /not properly sorted/)
})

test('a commit whose tree is missing is found', async () => {
  const folder = await copyStarting(10, 'trie')
  const text = `tree ${'1'.repeat(40)}\nauthor A <a@b> 1 +0000\ncommitter A <a@b> 1 +0000\n\nx\n`
  const commit = await runGit(folder, ['hash-object', '-t', 'commit', '-w', '--literally', '--stdin'], text)
  await runGit(folder, ['update-ref', 'refs/heads/main', commit])
  await assert.rejects(judge(folder), /missing|broken/)
})
