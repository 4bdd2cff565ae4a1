import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { decision, model as dmn, literal } from '../../dmn/testing/dmn.ts'
import { end, flow, model, serviceTask, start } from '../testing/bpmn.ts'
import { startTestEngine } from '../testing/testEngine.ts'

const orderOf = (id: string) =>
  model(id, start(), serviceTask('charge', 'charge'), end(), flow('start -> charge -> end'))
const rules = dmn(
  decision('price', literal('weight * 4'), { name: 'The price' }),
  decision('checked', literal('assert(weight, weight > 0)')),
)

async function startRest(t: TestContext) {
  const engine = await startTestEngine(t, { rest: { port: 0 }, management: { port: 0 } })
  const send = (path: string, body: string | FormData, rest: RequestInit = {}) =>
    fetch(`${engine.rest!.address}/v2/${path}`, { method: 'POST', body, ...rest })
  return {
    engine,
    ask: (path: string, body: object = {}, rest: RequestInit = {}) =>
      send(path, JSON.stringify(body), { ...rest, headers: { 'content-type': 'application/json' } }),
    deploy: async (files: Record<string, string>, tenantId?: string) => {
      const form = new FormData()
      for (const [name, content] of Object.entries(files)) form.append('resources', new Blob([content]), name)
      if (tenantId !== undefined) form.append('tenantId', tenantId)
      return told(send('deployments', form))
    },
  }
}

type Told = Record<string, unknown>

async function told(response: Promise<Response>): Promise<Told> {
  return (await (await response).json()) as Told
}

async function activate({ ask }: Pick<Awaited<ReturnType<typeof startRest>>, 'ask'>, more: object = {}) {
  const wanted = { type: 'charge', timeout: 60_000, maxJobsToActivate: 5, requestTimeout: -1, ...more }
  return (await told(ask('jobs/activation', wanted))).jobs as Told[]
}

test('decisions and forms are told as what they became, and are taken back', async (t) => {
  const { ask, deploy } = await startRest(t)
  const deployments = (await deploy({ 'a.form': '{"id": "a"}', 'rules.dmn': rules })).deployments as Record<
    string,
    Told
  >[]
  assert.deepEqual(deployments.flatMap(Object.keys), [
    'decisionDefinition',
    'decisionDefinition',
    'decisionRequirements',
    'form',
  ])
  const [price, , requirements, form] = deployments.flatMap((deployment) => Object.values(deployment))
  assert.deepEqual(
    [price!.decisionDefinitionId, price!.name, price!.version, price!.decisionRequirementsKey],
    ['price', 'The price', 1, requirements!.decisionRequirementsKey],
  )
  assert.deepEqual([requirements!.resourceName, form!.formId, form!.version], ['rules.dmn', 'a', 1])
  const key = requirements!.decisionRequirementsKey
  assert.equal((await ask(`resources/${key}/deletion`)).status, 204)
  assert.equal((await ask(`resources/${key}/deletion`)).status, 404)
  const { decisionDefinitionKey } = price!
  assert.equal((await ask('decision-definitions/evaluation', { decisionDefinitionKey })).status, 400)
})

test('a decision is evaluated by its id and by its key, and one that fails says why', async (t) => {
  const { ask, deploy } = await startRest(t)
  await deploy({ 'rules.dmn': rules })
  const variables = { weight: 2 }
  const byId = await told(ask('decision-definitions/evaluation', { decisionDefinitionId: 'price', variables }))
  const [evaluated] = byId.evaluatedDecisions as Told[]
  assert.deepEqual(
    [byId.output, byId.decisionDefinitionName, byId.decisionDefinitionVersion, byId.failureMessage, byId.tenantId],
    ['8', 'The price', 1, '', '<default>'],
  )
  assert.deepEqual(
    [evaluated!.decisionDefinitionId, evaluated!.decisionDefinitionKey, evaluated!.output],
    ['price', byId.decisionDefinitionKey, '8'],
  )
  const { decisionDefinitionKey } = byId
  const byKey = await told(ask('decision-definitions/evaluation', { decisionDefinitionKey, variables }))
  assert.equal(byKey.decisionDefinitionId, 'price')
  const failed = await told(ask('decision-definitions/evaluation', { decisionDefinitionId: 'checked' }))
  assert.deepEqual([failed.output, failed.failedDecisionDefinitionId], ['', 'checked'])
  assert.match(String(failed.failureMessage), /^Expected to evaluate decision 'checked', but /)
})

test('an instance is carried over to another definition', async (t) => {
  const { ask, deploy } = await startRest(t)
  await deploy({ 'old.bpmn': orderOf('old') })
  const { deployments } = await deploy({ 'new.bpmn': orderOf('new') })
  const [{ processDefinition }] = deployments as [{ processDefinition: Told }]
  const { processInstanceKey } = await told(ask('process-instances', { processDefinitionId: 'old' }))
  const migrated = await ask(`process-instances/${processInstanceKey}/migration`, {
    targetProcessDefinitionKey: String(processDefinition.processDefinitionKey),
    mappingInstructions: [{ sourceElementId: 'charge', targetElementId: 'charge' }],
  })
  assert.equal(migrated.status, 204)
  assert.equal((await activate({ ask }))[0]!.processDefinitionId, 'new')
})

test('an incident is resolved, and its job comes again', async (t) => {
  const { ask, deploy, engine } = await startRest(t)
  await deploy({ 'order.bpmn': orderOf('order') })
  await ask('process-instances', { processDefinitionId: 'order' })
  const [job] = await activate({ ask })
  await ask(`jobs/${job!.jobKey}/failure`, { retries: 0, errorMessage: 'no coins' })
  const { incidents } = await engine.client.call('ListIncidents')
  const [{ key }] = incidents as [{ key: number }]
  const changed = { method: 'PATCH' }
  assert.equal((await ask(`jobs/${job!.jobKey}`, { changeset: { retries: 1 } }, changed)).status, 204)
  assert.equal((await ask(`incidents/${key}/resolution`)).status, 204)
  assert.equal((await activate({ ask }))[0]!.jobKey, job!.jobKey)
})

test('another tenant is refused by every request that names one', async (t) => {
  const { ask, deploy } = await startRest(t)
  const tenantId = 'other'
  const refusals = [
    await deploy({ 'order.bpmn': orderOf('order') }, tenantId),
    await told(ask('process-instances', { processDefinitionId: 'order', tenantId })),
    await told(ask('messages/publication', { name: 'm', tenantId })),
    await told(ask('signals/broadcast', { signalName: 's', tenantId })),
    await told(ask('decision-definitions/evaluation', { decisionDefinitionId: 'd', tenantId })),
    await told(ask('jobs/activation', { type: 'a', timeout: 1, maxJobsToActivate: 1, tenantIds: [tenantId] })),
  ]
  for (const { status, detail } of refusals) {
    assert.equal(status, 400)
    assert.match(String(detail), /^Expected to handle request \w+ with tenant identifier 'other', but multi-tenancy is/)
  }
})

test('a request that is too large is refused', async (t) => {
  const { ask } = await startRest(t)
  const refused = await ask('jobs/1/completion', { variables: { text: 'x'.repeat(4 * 1024 * 1024) } })
  assert.deepEqual([refused.status, (await told(Promise.resolve(refused))).title], [413, 'Payload Too Large'])
})

test('a poll whose client leaves takes no job', { timeout: 30_000 }, async (t) => {
  const { ask, deploy, engine } = await startRest(t)
  await deploy({ 'order.bpmn': orderOf('order') })
  const waiting = async (): Promise<boolean> =>
    (await (await fetch(`${engine.management!.address}/metrics`)).text()).includes(
      'zeebe_long_polling_queued_current{type="charge"} 1',
    )
  const left = new AbortController()
  const wanted = { type: 'charge', timeout: 60_000, maxJobsToActivate: 1, requestTimeout: 60_000 }
  const poll = assert.rejects(ask('jobs/activation', wanted, { signal: left.signal }), { name: 'AbortError' })
  while (!(await waiting()));
  left.abort()
  await poll
  while (await waiting());
  await ask('process-instances', { processDefinitionId: 'order' })
  assert.equal((await activate({ ask })).length, 1)
})
