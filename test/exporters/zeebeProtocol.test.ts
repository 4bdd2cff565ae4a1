import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import test from 'node:test'
import { classpathIfThere } from '../java.ts'
import { everyRecord } from './everyRecord.ts'
import { scenarioRecords } from './scenarioRecords.ts'

test('zeebe-protocol-jackson reads every record, with all of its fields and no other', {
  timeout: 240_000,
}, async (t) => {
  const classpath = classpathIfThere(import.meta.dirname)
  if (classpath === undefined) return t.skip('needs java and mvn, and Maven Central once')
  const records = [...(await everyRecord()), ...(await scenarioRecords())]
  const program = join(import.meta.dirname, 'ReadRecords.java')
  const { stdout, stderr } = spawnSync('java', ['-cp', classpath, program], {
    input: records.map((record) => `${JSON.stringify(record)}\n`).join(''),
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  })
  const verdicts = stdout.trimEnd().split('\n')
  assert.equal(verdicts.length, records.length, stderr)
  assert.deepEqual([...new Set(verdicts.filter((verdict) => !verdict.endsWith(' ok')))], [])
})
