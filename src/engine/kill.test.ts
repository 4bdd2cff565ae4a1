import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { afterwards } from '../git/testing/afterwards.ts'
import { end, flow, model, serviceTask, start } from './testing/bpmn.ts'
import { activation, GatewayClient, type Job } from './testing/gatewayClient.ts'

const straight = model('straight', start(), serviceTask('task', 'work'), end(), flow('start -> task -> end'))

test('an engine that is killed has everything that it answered when it is back, once', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'commitbase-engine-'))
  afterwards(t, () => rm(folder, { recursive: true, force: true }))
  const first = await startProcess(t, folder)
  await first.client.call('DeployResource', { resources: [{ name: 'straight.bpmn', content: Buffer.from(straight) }] })
  const { created, completed } = await workUntilKilled(first)
  assert.ok(created.size >= 20)

  const second = await startProcess(t, folder)
  const jobs: Job[] = []
  for await (const job of allJobs(second.client)) jobs.push(job)
  const instances = jobs.map((job) => job.processInstanceKey)
  assert.equal(new Set(instances).size, instances.length, 'no instance has two jobs')
  assert.deepEqual(
    instances.filter((instance) => completed.has(instance)),
    [],
    'what was completed stays so',
  )
  const missing = [...created].filter((instance) => !completed.has(instance) && !instances.includes(instance))
  assert.ok(missing.length <= 1, `${missing.length} instances were answered and are gone`)
  for (const job of jobs) await second.client.call('CompleteJob', { jobKey: job.key })
})

test('the file of an engine that is killed has each record once, with no gap, when it is back', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'commitbase-engine-'))
  afterwards(t, () => rm(folder, { recursive: true, force: true }))
  const file = join(folder, 'records.jsonl')
  const first = await startProcess(t, folder, file)
  await first.client.call('DeployResource', { resources: [{ name: 'straight.bpmn', content: Buffer.from(straight) }] })
  const { created } = await workUntilKilled(first)

  const second = await startProcess(t, folder, file)
  await second.client.call('CreateProcessInstance', { bpmnProcessId: 'straight', version: -1 })
  await second.client.call('CompleteJob', { jobKey: 1 }).catch(() => {})
  const records = (await readFile(file, 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  assert.deepEqual(
    records.map(({ position }) => position),
    records.map((_, index) => index + 1),
  )
  const told = new Set(
    records
      .filter(({ valueType, recordType }) => valueType === 'PROCESS_INSTANCE_CREATION' && recordType === 'EVENT')
      .map(({ value }) => value.processInstanceKey),
  )
  assert.deepEqual(
    [...created].filter((instance) => !told.has(instance)),
    [],
    'all that was answered is told',
  )
})

interface EngineProcess {
  readonly child: ChildProcess
  readonly client: GatewayClient
}

async function startProcess(t: TestContext, folder: string, records?: string): Promise<EngineProcess> {
  const script = fileURLToPath(new URL('testing/engineProcess.ts', import.meta.url))
  const child = spawn(process.execPath, [script, folder, ...(records ? [records] : [])], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [printed] = (await once(child.stdout, 'data')) as [Buffer]
  const client = new GatewayClient(printed.toString().trim())
  afterwards(t, async () => {
    client.close()
    if (child.kill('SIGKILL')) await once(child, 'exit')
  })
  return { child, client }
}

/** Creates instances, completes some, and kills the engine amid it. Gives what was answered. */
async function workUntilKilled({
  child,
  client,
}: EngineProcess): Promise<{ created: Set<number>; completed: Set<number> }> {
  const created = new Set<number>()
  const completed = new Set<number>()
  const gone = once(child, 'exit')
  const create = async (): Promise<void> => {
    for (;;) {
      const reply = await client.call('CreateProcessInstance', { bpmnProcessId: 'straight', version: -1 })
      created.add(reply.processInstanceKey as number)
      if (created.size === 20) child.kill('SIGKILL')
    }
  }
  const complete = async (): Promise<void> => {
    for (;;) {
      const [job] = await client.activate('work', { maxJobsToActivate: 1, timeout: 1, requestTimeout: 1_000 })
      if (job === undefined) continue
      await client.call('CompleteJob', { jobKey: job.key })
      completed.add(job.processInstanceKey)
    }
  }
  await Promise.allSettled([create(), create(), create(), complete()])
  await gone
  return { created, completed }
}

async function* allJobs(client: GatewayClient): AsyncGenerator<Job> {
  for (;;) {
    const [reply] = await client.stream(
      'ActivateJobs',
      activation('work', { requestTimeout: 500, maxJobsToActivate: 100 }),
    ).all
    if (reply === undefined) return
    yield* reply.jobs as Job[]
  }
}
