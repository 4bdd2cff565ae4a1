import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { startEngine } from '../../src/engine/start.ts'
import { createMemoryStore } from '../../src/engine/storage/store.ts'
import { receiptOf } from './receipt.ts'
import { makeRemote } from './remote.ts'
import { dispatched, runAction, type StepOptions } from './runAction.ts'
import { workspaceWith } from './workspace.ts'

const github_token = 'unused'

const files = {
  'bpmn/wait.bpmn': waitingModel('wait', 'RESTOCKED'),
  'bpmn/job.bpmn': jobModel('job', 'pack'),
  'h.mjs': `export async function restock(event, tx) {
    const stock = await tx.upsert('stock', { _id: event.data._id, level: 5 })
    tx.publish({ name: 'RESTOCKED', correlationKey: event.data._id, variables: { level: stock.level } })
    return stock
  }`,
  'workers.mjs': 'export const tasks = { pack: (job, complete) => complete.success({ packed: job.variables.item }) }',
  'old.cjs': `module.exports = { tasks: { pack: (job, complete, { core, octokit }) => {
    core.info('packing')
    complete.success({ packed: 'old ' + job.variables.item, sends: typeof octokit.rest.repos.createDispatchEvent })
  } } }`,
  'sending.mjs': `export const tasks = {
    pack: async (job, complete, { send, engineId }) => {
      const receipt = await send('restock', { _id: job.variables.item, event_id: engineId + '-' + job.key })
      complete.success({ level: receipt.result.level })
    },
  }`,
}

test('event in, handler, one commit, message out: the process goes on', async (t) => {
  const { action, remote } = await setUp(t)
  const deployed = await action({ inputs: { operation: 'deployWorkflow', bpmn_directory: 'bpmn' } })
  assert.equal(deployed.status, 0, deployed.log)
  assert.deepEqual(
    JSON.parse(deployed.outputs.result!)
      .processes.map(({ bpmnProcessId }: { bpmnProcessId: string }) => bpmnProcessId)
      .sort(),
    ['job', 'wait'],
  )
  const ended = action({
    inputs: {
      operation: 'createWorkflowInstanceWithResult',
      bpmn_process_id: 'wait',
      variables: '{"_id":"p1"}',
      request_timeout: '60',
    },
  })
  const restocked = await action({
    ...dispatched('restock', { event_id: 'e1', _id: 'p1' }),
    inputs: { handlers: 'h.mjs' },
  })
  assert.equal(restocked.status, 0, restocked.log)
  assert.match(restocked.summary, /RESTOCKED.*p1.*taken by the engine/)
  assert.match(restocked.summary, new RegExp(`/acme/shop/commit/${restocked.outputs.commit}`))
  const { variables } = JSON.parse((await ended).outputs.result!)
  assert.deepEqual(variables, { _id: 'p1', level: 5 })
  assert.equal(await remote.git('rev-list', '--count', 'main'), '2\n')
})

test('while the engine is away the commit lands, the step is red, and the next run sends the message and carries the cursor on', async (t) => {
  const { action, remote, address } = await setUp(t)
  const away = await action({
    ...dispatched('restock', { event_id: 'e1', _id: 'p1' }),
    env: { ZEEBE_ADDRESS: '127.0.0.1:9' },
    inputs: { handlers: 'h.mjs', zeebe_address: '' },
  })
  assert.equal(away.status, 1)
  assert.equal(away.errors.length, 1, away.log)
  assert.match(away.errors[0]!, /has landed.*127\.0\.0\.1:9.*'zeebe_address'/)
  assert.equal((await receiptOf(remote, 'e1'))?.status, 'done')
  assert.equal(await cursorOf(remote), undefined)
  const next = await action({
    ...dispatched('restock', { event_id: 'e2', _id: 'p2' }),
    env: { ZEEBE_ADDRESS: address },
    inputs: { handlers: 'h.mjs', zeebe_address: '' },
  })
  assert.equal(next.status, 0, next.log)
  assert.match(next.summary, /1 sent again/)
  assert.equal(await cursorOf(remote), 1)
  await assertBuffered(action, ['p1', 'p2'])
})

test('a re-run sends what its first run owes, and makes no commit', async (t) => {
  const { action, remote } = await setUp(t)
  const dispatch = dispatched('restock', { event_id: 'e1', _id: 'p1' })
  const first = await action({ ...dispatch, inputs: { handlers: 'h.mjs', zeebe_address: '127.0.0.1:9' } })
  const again = await action({ ...dispatch, inputs: { handlers: 'h.mjs' } })
  assert.deepEqual([first.status, again.status, again.outputs.duplicate], [1, 0, 'true'], again.log)
  assert.equal(await remote.git('rev-list', '--count', 'main'), '2\n')
  await assertBuffered(action, ['p1'])
})

test('without an engine the message stays owed, and a warning says so; resend sends it', async (t) => {
  const { action, remote } = await setUp(t)
  const owing = await action({
    ...dispatched('restock', { event_id: 'e1', _id: 'p1' }),
    inputs: { handlers: 'h.mjs', zeebe_address: '' },
  })
  assert.equal(owing.status, 0, owing.log)
  assert.match(owing.warnings.join('\n'), /RESTOCKED.*'zeebe_address'/)
  const resent = await action({ inputs: { operation: 'resend' } })
  assert.deepEqual(JSON.parse(resent.outputs.result!), { taken: 1, dead: 0, through: 1 }, resent.log)
  assert.equal(await cursorOf(remote), 1)
  const nothing = await action({ inputs: { operation: 'resend' } })
  assert.deepEqual(JSON.parse(nothing.outputs.result!), { taken: 0, dead: 0, through: 1 })
  await assertBuffered(action, ['p1'])
})

test('publishMessage: an early message waits for its instance', async (t) => {
  const { action } = await setUp(t)
  const published = await action({
    inputs: { operation: 'publishMessage', message_name: 'RESTOCKED', correlation_key: 'p1', variables: '{"level":7}' },
  })
  assert.equal(published.status, 0, published.log)
  await assertBuffered(action, ['p1'])
})

test('startWorkers: the tasks of a module of either kind complete jobs, or have events handled first', async (t) => {
  const { action, remote } = await setUp(t)
  await action({ inputs: { operation: 'deployWorkflow', bpmn_filename: 'bpmn/job.bpmn' } })
  for (const { inputs, expected } of [
    { inputs: { worker_handler_file: 'workers.mjs' }, expected: { item: 'p1', packed: 'p1' } },
    { inputs: { worker_handler_file: 'old.cjs' }, expected: { item: 'p1', packed: 'old p1', sends: 'function' } },
    { inputs: { worker_handler_file: 'sending.mjs', handlers: 'h.mjs' }, expected: { item: 'p1', level: 5 } },
  ]) {
    const ended = action({
      inputs: {
        operation: 'createWorkflowInstanceWithResult',
        bpmn_process_id: 'job',
        variables: '{"item":"p1"}',
        request_timeout: '60',
      },
    })
    const worked = await action({ inputs: { operation: 'startWorkers', worker_lifetime_mins: '0.05', ...inputs } })
    assert.equal(worked.status, 0, worked.log)
    assert.deepEqual(JSON.parse(worked.outputs.result!), { pack: 1 }, worked.log)
    assert.deepEqual(JSON.parse((await ended).outputs.result!).variables, expected)
  }
  assert.match(await remote.git('show', 'main:db/stock/p1.json'), /"level": 5/)
})

test('a model that the engine refuses ends red, in its words', async (t) => {
  const { action } = await setUp(t, { 'bpmn/broken.bpmn': '<no/>' })
  const step = await action({ inputs: { operation: 'deployWorkflow', bpmn_filename: 'bpmn/broken.bpmn' } })
  assert.equal(step.status, 1)
  assert.equal(step.errors.length, 1, step.log)
  assert.match(step.errors[0]!, /broken\.bpmn/)
})

type Action = (options: Omit<StepOptions, 'server'>) => ReturnType<typeof runAction>

async function setUp(t: TestContext, more: Record<string, string> = {}) {
  const engine = await startEngine({ store: createMemoryStore(), port: 0 })
  t.after(() => engine.stop())
  const remote = await makeRemote(t)
  const workspace = await workspaceWith(t, { ...files, ...more })
  const action: Action = (options) =>
    runAction(t, {
      server: remote.server,
      workspace,
      ...options,
      inputs: { github_token, zeebe_address: engine.address, ...options.inputs },
    })
  return { action, remote, address: engine.address }
}

/** An instance that starts now goes through at once: its message was there before. Taken once, it is not there for a second. */
async function assertBuffered(action: Action, keys: readonly string[]): Promise<void> {
  await action({ inputs: { operation: 'deployWorkflow', bpmn_filename: 'bpmn/wait.bpmn' } })
  for (const _id of keys) {
    const inputs = {
      operation: 'createWorkflowInstanceWithResult',
      bpmn_process_id: 'wait',
      variables: JSON.stringify({ _id }),
      request_timeout: '10',
    }
    const step = await action({ inputs })
    assert.equal(step.status, 0, step.log)
  }
}

async function cursorOf(remote: Awaited<ReturnType<typeof makeRemote>>): Promise<number | undefined> {
  const text = await remote.git('cat-file', 'blob', 'refs/commitbase/cursors/action').catch(() => undefined)
  return text === undefined ? undefined : JSON.parse(text).seq
}

function waitingModel(id: string, message: string): string {
  return model(
    id,
    `<bpmn:startEvent id="start" /><bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="catch" />
     <bpmn:intermediateCatchEvent id="catch"><bpmn:messageEventDefinition id="m" messageRef="message" /></bpmn:intermediateCatchEvent>
     <bpmn:sequenceFlow id="f2" sourceRef="catch" targetRef="end" /><bpmn:endEvent id="end" />`,
    `<bpmn:message id="message" name="${message}"><bpmn:extensionElements><zeebe:subscription correlationKey="=_id" /></bpmn:extensionElements></bpmn:message>`,
  )
}

function jobModel(id: string, type: string): string {
  return model(
    id,
    `<bpmn:startEvent id="start" /><bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="task" />
     <bpmn:serviceTask id="task"><bpmn:extensionElements><zeebe:taskDefinition type="${type}" /></bpmn:extensionElements></bpmn:serviceTask>
     <bpmn:sequenceFlow id="f2" sourceRef="task" targetRef="end" /><bpmn:endEvent id="end" />`,
  )
}

function model(id: string, elements: string, definitions = ''): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="d" targetNamespace="http://bpmn.io/schema/bpmn">
  <bpmn:process id="${id}" isExecutable="true">${elements}</bpmn:process>${definitions}
</bpmn:definitions>`
}
