import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compileResource } from '../compile/compileResource.ts'
import { end, errorBoundary, flow, model, start, timerBoundary, type UserActivity, userTask } from '../testing/bpmn.ts'
import { given } from '../testing/engine.ts'

const jobType = 'io.camunda.zeebe:userTask'
const approval = (task: UserActivity) =>
  model('approval', start(), userTask('approve', task), end(), flow('start -> approve -> end'))

const headersOf = async (task: UserActivity, variables: Record<string, unknown> = {}) => {
  const engine = await given(approval(task))
  engine.create('approval', variables)
  return engine.job(jobType).customHeaders
}

test('a user task is a job of its own type with one retry; its result goes up as a worker’s does', async () => {
  const engine = await given(approval({ inputs: { what: '=order' }, outputs: { approved: '=yes' } }))
  engine.create('approval', { order: 7 })
  await engine.restart()
  const job = engine.job(jobType)
  assert.deepEqual(
    { retries: job.retries, headers: job.customHeaders, elementId: job.elementId },
    { retries: 1, headers: {}, elementId: 'approve' },
  )
  assert.deepEqual(job.variables, { what: 7, order: 7 })
  engine.complete(job, { yes: true, no: false })
  assert.deepEqual(engine.finished.at(-1)?.variables, { order: 7, approved: true })
})

test('its records say that it is a user task', async () => {
  const engine = await given(approval({ assignee: 'ann' }))
  engine.create('approval')
  const lived = engine.records.filter(
    ({ valueType, value }) => valueType === 'PROCESS_INSTANCE' && value.elementId === 'approve',
  )
  assert.deepEqual([...new Set(lived.map(({ value }) => value.bpmnElementType))], ['USER_TASK'])
  const created = engine.records.find(({ valueType }) => valueType === 'JOB')
  assert.deepEqual(created?.value.customHeaders, { 'io.camunda.zeebe:assignee': 'ann' })
})

test('what is written out in the model is told as it stands, also where it reads as a number', async () => {
  assert.deepEqual(
    await headersOf({
      assignee: '1234567891011121314',
      candidateGroups: ' humans , elves ',
      candidateUsers: 'jack,rose',
      dueDate: '2023-02-27T14:35:00Z',
      followUpDate: '2023-02-28T13:13:10+02:00',
      form: { formKey: 'camunda-forms:bpmn:the-form' },
      headers: { priority: 'high' },
    }),
    {
      priority: 'high',
      'io.camunda.zeebe:assignee': '1234567891011121314',
      'io.camunda.zeebe:candidateGroups': '["humans","elves"]',
      'io.camunda.zeebe:candidateUsers': '["jack","rose"]',
      'io.camunda.zeebe:dueDate': '2023-02-27T14:35Z',
      'io.camunda.zeebe:followUpDate': '2023-02-28T13:13:10+02:00',
      'io.camunda.zeebe:formKey': 'camunda-forms:bpmn:the-form',
    },
  )
})

test('expressions are evaluated when the task is entered, over its own variables; what comes to nothing is not told', async () => {
  const task = {
    inputs: { boss: '=team.boss' },
    assignee: '=boss',
    candidateGroups: '=append(groups, "c")',
    candidateUsers: '=[]',
    dueDate: '=date and time("2026-01-01T10:00:00Z") + duration("PT1H")',
    followUpDate: '=when',
  }
  assert.deepEqual(await headersOf(task, { team: { boss: 'ann' }, groups: ['a', 'b'], when: '' }), {
    'io.camunda.zeebe:assignee': 'ann',
    'io.camunda.zeebe:candidateGroups': '["a","b","c"]',
    'io.camunda.zeebe:candidateUsers': '[]',
    'io.camunda.zeebe:dueDate': '2026-01-01T11:00Z',
  })
  assert.deepEqual(await headersOf({ assignee: '=who', dueDate: '=when' }, { who: '', when: null }), {})
})

const incidents: [title: string, task: UserActivity, type: string, message: string][] = [
  [
    'an assignee that is no text',
    { assignee: '=[1,2,3]' },
    'EXTRACT_VALUE_ERROR',
    "Expected result of the expression '[1,2,3]' to be 'STRING', but was 'ARRAY'.",
  ],
  [
    'groups that are no list',
    { candidateGroups: '="not a list"' },
    'EXTRACT_VALUE_ERROR',
    `Expected result of the expression '"not a list"' to be 'ARRAY', but was 'STRING'.`,
  ],
  [
    'users that are no texts',
    { candidateUsers: '=[1,2,3]' },
    'EXTRACT_VALUE_ERROR',
    "Expected result of the expression '[1,2,3]' to be 'ARRAY' containing 'STRING' items, but was 'ARRAY' containing at least one non-'STRING' item.",
  ],
  [
    'a due date of another type',
    { dueDate: '=[1,2,3]' },
    'EXTRACT_VALUE_ERROR',
    "Expected result of the expression '[1,2,3]' to be one of '[NULL, DATE_TIME, STRING]', but was 'ARRAY'.",
  ],
  [
    'a follow-up date that is none',
    { followUpDate: '="soon"' },
    'EXTRACT_VALUE_ERROR',
    `Invalid date-time format 'soon' for expression '"soon"'.`,
  ],
  [
    'a form that is not there',
    { form: { formId: 'nope' } },
    'FORM_NOT_FOUND',
    "Expected to find a form with id 'nope', but no form with this id is found, at least a form with this id should be available. To resolve the Incident please deploy a form with the same id",
  ],
]

for (const [title, task, type, message] of incidents) {
  test(`${title} is an incident, before there is a job`, async () => {
    const engine = await given(approval(task))
    engine.create('approval')
    const incident = engine.incident()
    assert.deepEqual(
      [incident.type, incident.message, incident.elementId, incident.jobKey],
      [type, message, 'approve', undefined],
    )
    assert.deepEqual(engine.jobs(jobType), [])
  })
}

test('when the variable is mended, the incident’s resolution makes the job', async () => {
  const engine = await given(approval({ assignee: '=who' }))
  engine.create('approval')
  const { key, elementInstanceKey } = engine.incident()
  await engine.restart()
  engine.do({ type: 'SetVariables', elementInstanceKey, variables: { who: 'ann' }, local: true })
  engine.do({ type: 'ResolveIncident', incidentKey: key })
  assert.deepEqual(engine.job(jobType).customHeaders, { 'io.camunda.zeebe:assignee': 'ann' })
})

test('a boundary event ends it with its job, a BPMN error thrown for it is caught', async () => {
  const xml = model(
    'p',
    start(),
    userTask('ask'),
    timerBoundary('late', 'ask', { duration: 'PT1H' }),
    errorBoundary('refused', 'ask', 'REFUSED'),
    end(),
    flow('start -> ask -> end'),
    flow('late -> end'),
    flow('refused -> end'),
  )
  const engine = await given(xml)
  engine.create('p')
  engine.advance(3_600_000)
  assert.deepEqual(engine.jobs(jobType), [])
  assert.deepEqual(engine.lived('late').at(-1), 'late COMPLETED')
  engine.create('p')
  const { key: jobKey } = engine.job(jobType)
  engine.do({ type: 'ThrowError', jobKey, errorCode: 'REFUSED', errorMessage: '', variables: {} })
  assert.deepEqual(engine.lived('refused').at(-1), 'refused COMPLETED')
})

const refused: [title: string, task: UserActivity, problem: string][] = [
  [
    'groups with a gap',
    { candidateGroups: 'a, ,b' },
    "approve > extensionElements > assignmentDefinition\n    - ERROR: Expected static value to be a list of comma-separated values, e.g. 'a,b,c', but found 'a, ,b'.",
  ],
  [
    'a due date that is none',
    { dueDate: 'tomorrow' },
    "approve > extensionElements > taskSchedule\n    - ERROR: Expected static value to be a valid DateTime String, e.g. '2023-03-02T15:35+02:00', but found 'tomorrow'.",
  ],
  [
    'a form with a key and an id',
    { form: { formKey: 'k', formId: 'i' } },
    "approve > extensionElements > formDefinition\n    - ERROR: Exactly one of the attributes 'formId, formKey' must be present and not blank",
  ],
]

for (const [title, task, problem] of refused) {
  test(`refuses ${title}`, async () => {
    const { problems } = await compileResource({ name: 'x.bpmn', content: approval(task) })
    assert.equal(problems, `'x.bpmn': - Element: ${problem}\n`)
  })
}

const form = (versionTag = '') => ({
  name: 'f.form',
  content: JSON.stringify({ id: 'f', ...(versionTag && { versionTag }) }),
})

test('a form that is deployed is told by its key: the latest, that of the deployment, or one with a tag', async () => {
  const bound = async (attributes: Record<string, string>) => {
    const engine = await given()
    const xml = approval({ form: { formId: '="f"', ...attributes } })
    const resources = await Promise.all([form(), { name: 'approval.bpmn', content: xml }].map(compileResource))
    engine.do({ type: 'DeployResource', resources })
    for (const tag of ['old', 'new'])
      engine.do({ type: 'DeployResource', resources: [await compileResource(form(tag))] })
    engine.create('approval')
    await engine.restart()
    const key = Number(engine.job(jobType).customHeaders['io.camunda.zeebe:formKey'])
    return engine.state.forms.get(key)!.version
  }
  assert.equal(await bound({}), 3)
  assert.equal(await bound({ bindingType: 'deployment' }), 1)
  assert.equal(await bound({ bindingType: 'versionTag', versionTag: 'old' }), 2)
})

test('when the form that was missing is deployed, the incident’s resolution makes the job', async () => {
  const engine = await given(approval({ form: { formId: 'f', bindingType: 'versionTag', versionTag: 'v1' } }))
  engine.create('approval')
  assert.equal(
    engine.incident().message,
    "Expected to use a form with id 'f' and version tag 'v1', but no such form found. To resolve the incident, deploy a form with the given id and version tag.\n",
  )
  engine.do({ type: 'DeployResource', resources: [await compileResource(form('v1'))] })
  engine.do({ type: 'ResolveIncident', incidentKey: engine.incident().key })
  assert.equal(engine.jobs(jobType).length, 1)
})

test('a form of the same deployment has to be in it', async () => {
  const engine = await given(approval({ form: { formId: '="f"', bindingType: 'deployment' } }))
  engine.create('approval')
  const { deploymentKey } = [...engine.state.processes.values()][0]!
  assert.equal(
    engine.incident().message,
    `Expected to use a form with id 'f' with binding type 'deployment', but no such form found in the deployment with key ${deploymentKey} which contained the current process. To resolve this incident, migrate the process instance to a process definition that is deployed together with the intended form to use.`,
  )
})
