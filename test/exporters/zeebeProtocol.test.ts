import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'node:test'
import { promisify } from 'node:util'
import { newFolder } from '../../src/hub/testing/testHub.ts'
import { everyRecord } from './everyRecord.ts'
import { scenarioRecords } from './scenarioRecords.ts'

/** What Java needs to read records; undefined where there is no Java or no Maven, or no network to get it by. */
async function javaClasspath(folder: string): Promise<string | undefined> {
  const file = join(folder, 'classpath')
  const pom = join(import.meta.dirname, 'pom.xml')
  const args = ['-q', '-B', '-f', pom, 'dependency:build-classpath', `-Dmdep.outputFile=${file}`]
  try {
    await promisify(execFile)('java', ['-version'])
    await promisify(execFile)('mvn', args, { timeout: 120_000 })
    return await readFile(file, 'utf8')
  } catch {
    return undefined
  }
}

test('zeebe-protocol-jackson reads every record, with all of its fields and no other', {
  timeout: 240_000,
}, async (t) => {
  const classpath = await javaClasspath(await newFolder(t))
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
