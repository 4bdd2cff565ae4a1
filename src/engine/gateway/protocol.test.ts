import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { test } from 'node:test'
import { loadSync, type ServiceDefinition } from '@grpc/proto-loader'
import { streamingCalls, unaryCalls } from './calls.ts'
import { gatewayProto, loadServices } from './protocol.ts'

test("every field, enum value and call of zeebe-node's proto file is in ours, with its number and type", () => {
  const theirs = factsOf(createRequire(import.meta.url).resolve('zeebe-node/proto/zeebe.proto'))
  assert.ok(theirs.length > 150, `only ${theirs.length} facts were read from zeebe-node's file`)
  const ours = new Set(factsOf(gatewayProto))
  assert.deepEqual(
    theirs.filter((fact) => !ours.has(fact)),
    [],
  )
})

test('what 8.6 has and zeebe-node lacks is there', () => {
  const ours = new Set(factsOf(gatewayProto))
  for (const fact of [
    'Gateway.MigrateProcessInstance(MigrateProcessInstanceRequest): MigrateProcessInstanceResponse',
    'Gateway.UpdateJobTimeout(UpdateJobTimeoutRequest): UpdateJobTimeoutResponse',
    'MigrationPlan.mappingInstructions = 2: REPEATED MappingInstruction',
    'UpdateJobTimeoutRequest.timeout = 2: OPTIONAL INT64',
    'CancelProcessInstanceRequest.operationReference = 2: OPTIONAL UINT64',
    'CreateProcessInstanceRequest.operationReference = 7: OPTIONAL UINT64',
    'CancelProcessInstanceRequest one of _operationReference',
    'BroadcastSignalRequest.tenantId = 3: OPTIONAL STRING',
    'EvaluateDecisionResponse.decisionInstanceKey = 12: OPTIONAL INT64',
  ]) {
    assert.ok(ours.has(fact), fact)
  }
})

test('the services load, and the gateway has the 21 calls of 8.6, each of which is served', () => {
  const { gateway, operator } = loadServices()
  assert.equal(Object.keys(gateway).length, 21)
  assert.deepEqual(Object.keys({ ...unaryCalls, ...streamingCalls }).sort(), Object.keys(gateway).sort())
  assert.deepEqual(Object.keys(operator).sort(), ['Describe', 'ListIncidents'])
})

/** What the loader gives of protobuf's own description of a type. An `optional` field is a oneof of its own, named with an underscore. */
interface Described {
  name: string
  field?: { name: string; number: number; label: string; type: string; typeName: string }[]
  oneofDecl?: { name: string }[]
  nestedType?: Described[]
  value?: { name: string; number: number }[]
}

/** Everything that the bytes on the wire depend on, one line each. */
function factsOf(file: string): string[] {
  const definitions = loadSync(file, { keepCase: true })
  return Object.entries(definitions).flatMap(([name, definition]) =>
    'type' in definition
      ? typeFacts(definition.type as unknown as Described)
      : callFacts(name.replace('gateway_protocol.', ''), definition),
  )
}

function typeFacts({ name, field = [], oneofDecl = [], nestedType = [], value = [] }: Described): string[] {
  return [
    ...field.map((one) => `${name}.${one.name} = ${one.number}: ${one.label.replace('LABEL_', '')} ${typeOf(one)}`),
    ...oneofDecl.map((one) => `${name} one of ${one.name}`),
    ...value.map((one) => `${name}.${one.name} = ${one.number}`),
    ...nestedType.flatMap(typeFacts),
  ]
}

function typeOf({ type, typeName }: { type: string; typeName: string }): string | undefined {
  return typeName === '' ? type.replace('TYPE_', '') : typeName.split('.').at(-1)
}

function callFacts(service: string, calls: ServiceDefinition): string[] {
  return Object.entries(calls).map(([name, { requestType, responseType, requestStream, responseStream }]) => {
    const [request, reply] = [requestType, responseType].map(({ type }) => (type as unknown as Described).name)
    return `${service}.${name}(${requestStream ? 'stream ' : ''}${request}): ${responseStream ? 'stream ' : ''}${reply}`
  })
}
