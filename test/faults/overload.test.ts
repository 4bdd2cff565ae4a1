import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newFolder } from '../../src/git/testing/gitFolder.ts'
import { runOverload } from './overload.ts'

test('asked for much more than it can do, a hub says so, keeps what it takes, and is itself again', {
  timeout: 180_000,
}, async (t) => {
  const report = await runOverload(await newFolder(t), 8)
  t.diagnostic(JSON.stringify(report))
  assert.deepEqual(report.findings, [])
  assert.ok(report.taken > 0 && report.refused > 0, 'some were told to come back')
  assert.ok(report.memory < 1_024, `${report.memory} MiB`)
})
