import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { parse } from 'yaml'
import { operations } from '../src/database/operations/operations.ts'
import { type GetInput, readInputs } from './inputs.ts'

test('an operation takes the inputs that the predecessor had', () => {
  const inputs = readInputs(
    given({
      operation: 'UPSERT',
      table: 'stock',
      record: '{"a":1}',
      query: '{}',
      tables: 'a,b',
      verbose: 'true',
      github_token: 't',
    }),
  )
  assert.deepEqual(inputs.request, {
    kind: 'operation',
    name: 'UPSERT',
    parameters: { table: 'stock', record: '{"a":1}', query: '{}', tables: 'a,b' },
  })
  assert.deepEqual([inputs.basedir, inputs.verbose, inputs.token], ['db', true, 't'])
})

test('empty inputs are not given: a workflow passes on what may be missing', () => {
  const { request } = readInputs(given({ operation: 'FINDMANY', table: 'stock', query: '' }))
  assert.deepEqual(request, { kind: 'operation', name: 'FINDMANY', parameters: { table: 'stock' } })
})

test('without operation or handlers, or with both, the error names the inputs', () => {
  assert.throws(() => readInputs(given({})), /input 'operation' or input 'handlers' is needed/)
  assert.throws(
    () => readInputs(given({ operation: 'INIT', handlers: 'h.ts' })),
    /'operation' \(INIT\) and 'handlers' \(h.ts\)/,
  )
})

test('what identifies the event is every input but tokens and the way to the engine', () => {
  const secrets = {
    github_token: 't',
    zeebe_address: 'a',
    zeebe_client_id: 'i',
    zeebe_client_secret: 's',
    client_config: 'c',
    zeebe_authorization_server_url: 'u',
    zeebe_token_audience: 'w',
  }
  assert.deepEqual(readInputs(given({ operation: 'DROPDB', basedir: 'data', ...secrets })).given, {
    operation: 'DROPDB',
    basedir: 'data',
  })
})

test('the engine is named by inputs, or by the text that the console gives', () => {
  const config =
    'export ZEEBE_ADDRESS=\'x.zeebe.camunda.io:443\'\nexport ZEEBE_CLIENT_ID="id"\nZEEBE_CLIENT_SECRET: secret~=\nOTHER=1'
  assert.deepEqual(readInputs(given({ operation: 'INIT', client_config: config, zeebe_client_id: 'mine' })).engine, {
    ZEEBE_ADDRESS: 'x.zeebe.camunda.io:443',
    ZEEBE_CLIENT_ID: 'mine',
    ZEEBE_CLIENT_SECRET: 'secret~=',
  })
})

test("zeebe-action's operations keep their names and inputs, in both of its spellings", () => {
  const create = { kind: 'create', processId: 'shop', variables: '{}', wait: 5_000 }
  assert.deepEqual(
    readInputs(
      given({
        operation: 'createWorkflowInstanceWithResult',
        bpmn_process_id: 'shop',
        variables: '{}',
        requesttimeout: '5',
      }),
    ).request,
    create,
  )
  assert.deepEqual(
    readInputs(
      given({
        operation: 'createProcessInstanceWithResult',
        bpmnprocessid: 'shop',
        variables: '{}',
        request_timeout: '5',
      }),
    ).request,
    create,
  )
  assert.deepEqual(
    readInputs(given({ operation: 'publishMessage', message_name: 'M', correlationkey: 'k', ttl: '10' })).request,
    {
      kind: 'publish',
      name: 'M',
      key: 'k',
      variables: '',
      timeToLive: 10,
    },
  )
})

test('its later names for two of them are taken, too', () => {
  const wait = readInputs(
    given({ operation: 'createProcessInstanceWithResult', bpmn_process_id: 'p', requestTimeoutSeconds: '7' }),
  )
  assert.equal((wait.request as { wait?: number }).wait, 7_000)
  const publish = readInputs(given({ operation: 'publishMessage', message_name: 'M', timeToLive: '8' }))
  assert.equal((publish.request as { timeToLive?: number }).timeToLive, 8)
})

for (const [inputs, words] of [
  [{ operation: 'DROPDB', github_token: 'two words' }, /input 'github_token' holds a space/],
  [{ operation: 'deployWorkflow' }, /one of the inputs 'bpmn_filename' and 'bpmn_directory'; got neither/],
  [{ operation: 'deployWorkflow', bpmn_filename: 'a', bpmn_directory: 'b' }, /got both/],
  [{ operation: 'createWorkflowInstance' }, /input 'bpmn_process_id'/],
  [{ operation: 'publishMessage' }, /input 'message_name'/],
  [{ operation: 'publishMessage', message_name: 'M', ttl: 'soon' }, /input 'ttl' must be a number from 0; got 'soon'/],
  [{ operation: 'startWorkers' }, /input 'worker_handler_file'/],
] as const) {
  test(`${JSON.stringify(inputs)} is refused, naming the input`, () => {
    assert.throws(() => readInputs(given(inputs)), words)
  })
}

test('action.yml names every operation', async () => {
  const { inputs } = parse(await readFile(new URL('../action.yml', import.meta.url), 'utf8'))
  const named = new Set<string>(inputs.operation.description.match(/\b[A-Z]{3,}\b/g))
  assert.deepEqual(
    operations.map(({ name }) => name).filter((name) => !named.has(name)),
    [],
  )
})

test('action.yml declares every input that is read, and none besides', async () => {
  const declared = Object.keys(parse(await readFile(new URL('../action.yml', import.meta.url), 'utf8')).inputs)
  const read = new Set<string>()
  for (const operation of [
    'UPSERT',
    'deployWorkflow',
    'createWorkflowInstanceWithResult',
    'publishMessage',
    'startWorkers',
  ]) {
    const values: Record<string, string> = {
      operation,
      bpmn_filename: operation === 'deployWorkflow' ? 'a' : '',
      bpmn_process_id: 'p',
      message_name: 'm',
      worker_handler_file: 'f',
    }
    readInputs((name) => {
      read.add(name)
      return values[name] ?? ''
    })
  }
  for (const old of ['requestTimeoutSeconds', 'timeToLive']) read.delete(old)
  const alike = (name: string) => name.replaceAll('_', '')
  assert.deepEqual([...new Set([...read].map(alike))].sort(), declared.map(alike).sort())
})

function given(inputs: Readonly<Record<string, string>>): GetInput {
  return (name) => inputs[name] ?? ''
}
