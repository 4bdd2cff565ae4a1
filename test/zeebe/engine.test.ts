import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { fromJSON, loadSync, type PackageDefinition } from '@grpc/proto-loader'
import { end, flow, messageCatch, model, serviceTask, start } from '../../src/engine/testing/bpmn.ts'
import type { Message } from '../../src/events/messages/message.ts'
import { createInstance, createInstanceWithResult } from '../../src/zeebe/createInstance.ts'
import { deploy } from '../../src/zeebe/deploy.ts'
import { identityOf } from '../../src/zeebe/identity.ts'
import type { Job } from '../../src/zeebe/job.ts'
import { listIncidents } from '../../src/zeebe/listIncidents.ts'
import { operatorProtocol } from '../../src/zeebe/operator.ts'
import { publish } from '../../src/zeebe/publish.ts'
import { resolveIncident } from '../../src/zeebe/resolveIncident.ts'
import { setVariables } from '../../src/zeebe/setVariables.ts'
import { topology } from '../../src/zeebe/topology.ts'
import { startWorker } from '../../src/zeebe/workers.ts'
import { connectTestEngine, onEmbedded, unique } from './support/engine.ts'

test('models are deployed by path and by content, all at once, and found again unchanged', async (t) => {
  const engine = await connectTestEngine(t)
  const [first, second] = [unique('first'), unique('second')]
  const folder = await mkdtemp(join(tmpdir(), 'models-'))
  t.after(() => rm(folder, { recursive: true }))
  const path = join(folder, `${first}.bpmn`)
  await writeFile(path, model(first, start(), end(), flow('start -> end')))
  const resources = [path, { name: `${second}.bpmn`, content: model(second, start(), end(), flow('start -> end')) }]
  const { processes } = await deploy(engine, resources)
  assert.deepEqual(
    processes.map(({ bpmnProcessId, version, resourceName }) => [bpmnProcessId, version, resourceName]),
    [
      [first, 1, `${first}.bpmn`],
      [second, 1, `${second}.bpmn`],
    ],
  )
  assert.deepEqual((await deploy(engine, resources)).processes, processes)
})

test('a model that the engine refuses, and a file that is not there, are told in words', async (t) => {
  const engine = await connectTestEngine(t)
  const content = model('broken', start(), serviceTask('task', ''), end(), flow('start -> task -> end'))
  await assert.rejects(deploy(engine, [{ name: 'broken.bpmn', content }]), {
    code: 'invalid',
    message: /broken\.bpmn[\s\S]*task/,
  })
  await assert.rejects(deploy(engine, ['/nowhere/x.bpmn']), { code: 'not_found', message: /\/nowhere\/x\.bpmn/ })
  await assert.rejects(deploy(engine, []), { code: 'invalid' })
})

test('an instance is started, worked on, and its variables come back', async (t) => {
  const engine = await connectTestEngine(t)
  const [id, type] = [unique('process'), unique('type')]
  await deploy(engine, [
    { name: `${id}.bpmn`, content: model(id, start(), serviceTask('task', type), end(), flow('start -> task -> end')) },
  ])
  const worker = startWorker({
    engine,
    type,
    handle: (job) => ({ type: 'complete', variables: { doubled: Number(job.variables.n) * 2 } }),
  })
  t.after(() => worker.stop())
  const { variables, bpmnProcessId, version } = await createInstanceWithResult(engine, {
    bpmnProcessId: id,
    variables: { n: 21 },
  })
  assert.deepEqual([variables, bpmnProcessId, version], [{ n: 21, doubled: 42 }, id, 1])
  await assert.rejects(createInstance(engine, { bpmnProcessId: unique('none') }), { code: 'not_found' })
})

test('a message is taken once, however often it is sent, before or after somebody waits for it', async (t) => {
  const engine = await connectTestEngine(t)
  const id = unique('process')
  const content = model(id, start(), messageCatch('wait', id, '=key'), end(), flow('start -> wait -> end'))
  await deploy(engine, [{ name: `${id}.bpmn`, content }])
  const message: Message = {
    name: id,
    correlationKey: 'k',
    variables: { answer: 42 },
    timeToLive: 60_000,
    messageId: unique('message'),
  }
  await publish(engine, message)
  await publish(engine, message)
  assert.deepEqual((await createInstanceWithResult(engine, { bpmnProcessId: id, variables: { key: 'k' } })).variables, {
    key: 'k',
    answer: 42,
  })
  await publish(engine, message)
  const second = createInstanceWithResult(engine, { bpmnProcessId: id, variables: { key: 'k' }, requestTimeout: 300 })
  await assert.rejects(second, { code: 'unavailable' })
})

test('an incident is listed with its job, and resolved with new retries', {
  skip: !onEmbedded && 'the protocol has no such call',
}, async (t) => {
  const engine = await connectTestEngine(t)
  const [id, type] = [unique('process'), unique('type')]
  await deploy(engine, [
    { name: `${id}.bpmn`, content: model(id, start(), serviceTask('task', type), end(), flow('start -> task -> end')) },
  ])
  const jobs: Job[] = []
  const failed = Promise.withResolvers<void>()
  const completed = Promise.withResolvers<void>()
  const worker = startWorker({
    engine,
    type,
    handle: async (job) => {
      jobs.push(job)
      if (job.variables.seen) return { type: 'complete' }
      await setVariables(engine, job.elementInstanceKey, { seen: true }, { local: true })
      return { type: 'fail', retries: 0, message: 'an operator is needed' }
    },
    onOutcome: (_job, outcome) => (outcome.type === 'fail' ? failed : completed).resolve(),
  })
  t.after(() => worker.stop())
  const { processInstanceKey } = await createInstance(engine, { bpmnProcessId: id })
  await failed.promise
  const [incident, ...others] = await listIncidents(engine)
  assert.deepEqual(others, [])
  assert.deepEqual(
    { ...incident, key: '' },
    {
      key: '',
      type: 'JOB_NO_RETRIES',
      message: 'an operator is needed',
      bpmnProcessId: id,
      processInstanceKey,
      elementId: 'task',
      jobKey: jobs[0]!.key,
    },
  )
  await resolveIncident(engine, incident!.key)
  await completed.promise
  assert.deepEqual([jobs.length, jobs[1]!.key, jobs[1]!.retries], [2, jobs[0]!.key, 1])
  assert.deepEqual(await listIncidents(engine), [])
  await assert.rejects(resolveIncident(engine, incident!.key), { code: 'not_found' })
})

test('who the engine is', async (t) => {
  const engine = await connectTestEngine(t)
  assert.match(await identityOf(engine), onEmbedded ? /^[0-9a-f-]{36}$/ : /:\d+$/)
  assert.match((await topology(engine)).gatewayVersion, /^8\./)
})

test('an engine that is not ours has no incidents to list, and the error names where they are', {
  skip: onEmbedded && 'wants a real Zeebe',
}, async (t) => {
  const engine = await connectTestEngine(t)
  await assert.rejects(listIncidents(engine), {
    code: 'invalid',
    message: /the gateway protocol has no call that lists incidents.*Operate/,
  })
})

test('the operator’s protocol is the same on both sides', () => {
  const path = fileURLToPath(new URL('../../src/engine/gateway/operator.proto', import.meta.url))
  const options = { keepCase: true, longs: String, defaults: true }
  const theirs = loadSync(path, options)
  const ours = fromJSON(
    { options: { syntax: 'proto3' }, ...operatorProtocol } as Parameters<typeof fromJSON>[0],
    options,
  )
  assert.deepEqual(shapeOf(ours), shapeOf(theirs))
})

/** Names, numbers and types, without what the two loaders add of their own. */
function shapeOf(definition: PackageDefinition): unknown {
  return Object.entries(definition)
    .map(([name, entry]) => {
      if ('type' in entry && entry.type && typeof entry.type === 'object' && 'field' in entry.type) {
        const fields = entry.type.field as {
          name: string
          number: number
          type: string
          label: string
          typeName: string
        }[]
        return [
          name,
          fields.map(({ name, number, type, label, typeName }) => [
            name,
            number,
            type,
            label,
            typeName.replace(/^\.?commitbase\./, ''),
          ]),
        ]
      }
      return [name, Object.values(entry).map((method) => (method as { path: string }).path)]
    })
    .sort()
}
