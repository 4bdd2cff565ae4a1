import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  callActivity,
  end,
  errorBoundary,
  errorEnd,
  flow,
  messageBoundary,
  messageStart,
  model,
  serviceTask,
  start,
  timerBoundary,
  versionTag,
} from '../testing/bpmn.ts'
import { deploy, given, type TestEngine } from '../testing/engine.ts'

const caller = (options: Parameters<typeof callActivity>[2] = {}, processId = 'child') =>
  model('parent', start(), callActivity('call', processId, options), end(), flow('start -> call -> end'))
const child = model('child', start('s'), serviceTask('work'), end('e'), flow('s -> work -> e'))

const childKey = (engine: TestEngine) => engine.job('work').processInstanceKey

test('the called process is an instance of its own, and the caller goes on with its variables', async () => {
  const engine = await given(caller(), child)
  const key = engine.create('parent', { x: 1 })
  const job = engine.job('work')
  assert.notEqual(job.processInstanceKey, key)
  assert.equal(job.bpmnProcessId, 'child')
  assert.deepEqual(job.variables, { x: 1 })
  await engine.restart()
  engine.complete(job, { x: 2, y: 3 })
  assert.deepEqual(
    engine.finished.map(({ processInstanceKey, variables }) => ({ processInstanceKey, variables })),
    [{ processInstanceKey: key, variables: { x: 2, y: 3 } }],
  )
  assert.deepEqual(engine.running(), [])
})

test('the life of both is told in the real order, with who called', async () => {
  const engine = await given(caller(), child)
  const key = engine.create('parent', { x: 1 })
  const records = engine.records.filter(({ recordType }) => recordType === 'EVENT')
  const from = records.findIndex(({ intent, value }) => intent === 'ELEMENT_ACTIVATING' && value.elementId === 'call')
  assert.deepEqual(
    records.slice(from, from + 6).map(({ intent, value }) => `${intent} ${value.elementId ?? value.name}`),
    [
      'ELEMENT_ACTIVATING call',
      'ELEMENT_ACTIVATED call',
      'CREATED x',
      'ELEMENT_ACTIVATING child',
      'ELEMENT_ACTIVATED child',
      'ELEMENT_ACTIVATING s',
    ],
  )
  const called = records.find(({ value }) => value.elementId === 'call')!
  const parents = { parentProcessInstanceKey: key, parentElementInstanceKey: called.key }
  for (const { value } of records.filter((record) => record.valueType === 'PROCESS_INSTANCE')) {
    const { parentProcessInstanceKey, parentElementInstanceKey } = value
    const expected =
      value.bpmnProcessId === 'child' ? parents : { parentProcessInstanceKey: -1, parentElementInstanceKey: -1 }
    assert.deepEqual({ parentProcessInstanceKey, parentElementInstanceKey }, expected)
  }
  engine.records.length = 0
  engine.complete(engine.job('work'))
  const told = engine.records.map(({ intent, value }) => `${intent} ${value.elementId ?? value.targetElementId}`)
  assert.deepEqual(told.slice(told.indexOf('ELEMENT_COMPLETING child'), told.indexOf('ELEMENT_COMPLETED call') + 1), [
    'ELEMENT_COMPLETING child',
    'ELEMENT_COMPLETED child',
    'ELEMENT_COMPLETING call',
    'TRIGGERED call',
    'ELEMENT_COMPLETED call',
  ])
})

test('without propagation only mapped variables go in and out', async () => {
  const nothing = { propagateAllParentVariables: false, propagateAllChildVariables: false }
  const engine = await given(caller(nothing), child)
  engine.create('parent', { x: 1 })
  const first = engine.job('work')
  assert.deepEqual(first.variables, {})
  engine.complete(first, { y: 1 })
  assert.deepEqual(engine.finished[0]?.variables, { x: 1 })

  await deploy(engine, caller({ ...nothing, inputs: { i: '=x' }, outputs: { o: '=y' } }))
  engine.create('parent', { x: 1 })
  const job = engine.job('work')
  assert.deepEqual(job.variables, { i: 1 })
  engine.complete(job, { y: 2, z: 3 })
  assert.deepEqual(engine.finished[1]?.variables, { x: 1, o: 2 })
})

test('which process is called is an expression, and its version the latest, that of the deployment or the tagged one', async () => {
  const tagged = (tag: string) => child.replace(/(<bpmn:process [^>]*>)/, `$1${versionTag(tag).inside}`)
  const engine = await given(caller({ binding: 'deployment' }), child)
  await deploy(engine, tagged('one'))
  await deploy(engine, tagged('two'))
  const versionCalled = () => engine.job('work').processDefinitionVersion
  engine.create('parent')
  assert.equal(versionCalled(), 1)
  await deploy(engine, caller({}, '=which'))
  engine.create('parent', { which: 'child' })
  assert.equal(versionCalled(), 3)
  await deploy(engine, caller({ binding: 'versionTag', versionTag: 'one' }))
  engine.create('parent')
  assert.equal(versionCalled(), 2)
})

test('what cannot be called is an incident, and is called when that is resolved', async () => {
  const engine = await given(caller())
  engine.create('parent')
  const incident = engine.incident()
  assert.equal(incident.type, 'CALLED_ELEMENT_ERROR')
  assert.equal(incident.message, "Expected process with BPMN process id 'child' to be deployed, but not found.")
  await deploy(engine, model('child', messageStart('m', 'go'), end('e'), flow('m -> e')))
  engine.do({ type: 'ResolveIncident', incidentKey: incident.key })
  const again = engine.incident()
  assert.equal(
    again.message,
    "Expected process with BPMN process id 'child' to have a none start event, but not found.",
  )
  await deploy(engine, child)
  await engine.restart()
  engine.do({ type: 'ResolveIncident', incidentKey: again.key })
  engine.complete(engine.job('work'))
  assert.equal(engine.finished.length, 1)
})

test('a binding that finds no version is an incident in the real words', async () => {
  const engine = await given(caller({ binding: 'versionTag', versionTag: 'v1' }), child)
  engine.create('parent')
  assert.equal(
    engine.incident().message,
    "Expected to call process with BPMN process id 'child' and version tag 'v1', but no such process found. To resolve this incident, deploy a process with the given process id and version tag.",
  )
  const other = await given(caller({ binding: 'deployment' }, '=which'))
  other.create('parent', { which: 'child' })
  const { deploymentKey } = [...other.state.processes.values()][0]!
  assert.equal(
    other.incident().message,
    `Expected to call process with BPMN process id 'child' with binding type 'deployment', but no such process found in the deployment with key ${deploymentKey} which contained the current process. To resolve this incident, migrate the process instance to a process definition that is deployed together with the intended process definition to call.`,
  )
})

test('a boundary event ends the called process, and only then takes over', async () => {
  const engine = await given(
    model(
      'parent',
      start(),
      callActivity('call', 'child'),
      timerBoundary('late', 'call', { duration: 'PT1M' }),
      messageBoundary('asked', 'call', 'ask', '=1', { interrupting: false }),
      end(),
      end('sorry'),
      flow('start -> call -> end'),
      flow('late -> sorry'),
      flow('asked -> sorry'),
    ),
    child,
  )
  engine.create('parent')
  engine.publish('ask', '1')
  assert.equal(engine.lived('sorry').at(-1), 'sorry COMPLETED')
  assert.equal(engine.running().includes('work'), true)
  await engine.restart()
  engine.advance(60_000)
  const lived = engine.lived()
  assert.deepEqual(lived.slice(lived.indexOf('call TERMINATING'), lived.indexOf('late ACTIVATED') + 1), [
    'call TERMINATING',
    'child TERMINATING',
    'work TERMINATING',
    'work TERMINATED',
    'child TERMINATED',
    'call TERMINATED',
    'late ACTIVATING',
    'late ACTIVATED',
  ])
  assert.deepEqual(engine.jobs('work'), [])
  assert.equal(engine.finished.length, 1)
})

test('an error crosses the borders of calls: the nearest event for its code takes over', async () => {
  const engine = await given(
    model(
      'root',
      start(),
      callActivity('outer', 'parent'),
      errorBoundary('caught', 'outer', 'LOST'),
      end(),
      end('sorry'),
      flow('start -> outer -> end'),
      flow('caught -> sorry'),
    ),
    caller(),
    model('child', start('s'), errorEnd('lost', 'LOST'), flow('s -> lost')),
  )
  engine.create('root')
  assert.equal(engine.lived('sorry').at(-1), 'sorry COMPLETED')
  assert.deepEqual(engine.running(), [])
  assert.equal(engine.finished.length, 1)
})

test('an error that nobody catches tells what could be caught in all of the callers', async () => {
  const engine = await given(
    model(
      'parent',
      start(),
      callActivity('call', 'child'),
      errorBoundary('caught', 'call', 'OTHER'),
      end(),
      flow('start -> call -> end'),
      flow('caught -> end'),
    ),
    child,
  )
  engine.create('parent')
  const { key: jobKey } = engine.job('work')
  engine.do({ type: 'ThrowError', jobKey, errorCode: 'LOST', errorMessage: '', variables: {} })
  assert.equal(
    engine.incident().message,
    "Expected to throw an error event with the code 'LOST', but it was not caught. Available error events are [OTHER]",
  )
  const { value } = engine.records.find(({ valueType }) => valueType === 'INCIDENT')!
  assert.deepEqual(
    (value.elementInstancePath as number[][]).map((path) => path.length),
    [2, 2],
  )
  assert.deepEqual(value.callingElementPath, [0])
})

test('cancelling the caller ends the tree; a called process is not cancelled by itself', async () => {
  const engine = await given(
    model('root', start(), callActivity('outer', 'parent'), flow('start -> outer')),
    caller(),
    child,
  )
  const key = engine.create('root')
  const processInstanceKey = childKey(engine)
  assert.deepEqual(engine.refused({ type: 'CancelProcessInstance', processInstanceKey }), {
    code: 'FAILED_PRECONDITION',
    message: `Command 'CANCEL' rejected with code 'INVALID_STATE': Expected to cancel a process instance with key '${processInstanceKey}', but it is created by a parent process instance. Cancel the root process instance '${key}' instead.`,
  })
  await engine.restart()
  engine.do({ type: 'CancelProcessInstance', processInstanceKey: key })
  assert.deepEqual(engine.lived().slice(-3), ['parent TERMINATED', 'outer TERMINATED', 'root TERMINATED'])
  assert.equal([...engine.state.elements.values()].length, 0)
  assert.deepEqual(
    engine.finished.map(({ outcome }) => outcome),
    ['terminated'],
  )
})

test('a call for each of many: the outputs are collected in order', async () => {
  const multi = { in: '=[1,2,3]', as: 'item', out: 'all', element: '=result' }
  const engine = await given(caller({ multi, outputs: { result: '=result' } }), child)
  engine.create('parent')
  for (const job of engine.jobs('work').reverse()) engine.complete(job, { result: Number(job.variables.item) * 10 })
  assert.deepEqual(engine.finished[0]?.variables.all, [10, 20, 30])
})

test('a process that calls itself is stopped at a thousand, and can be cancelled', async () => {
  const engine = await given(
    model(
      'loop',
      start(),
      callActivity('deeper', '=id', { propagateAllParentVariables: true }),
      flow('start -> deeper'),
    ),
  )
  const key = engine.create('loop', { id: 'loop' })
  const { type, message } = engine.incident()
  assert.equal(type, 'CALLED_ELEMENT_ERROR')
  assert.match(message, /^The call activity has reached the maximum depth of 1000\. This is likely/)
  assert.equal(engine.running().length, 1000)
  engine.do({ type: 'CancelProcessInstance', processInstanceKey: key })
  assert.equal([...engine.state.elements.values()].length, 0)
})

test('what 8.6 refuses at deployment is refused in its words', async () => {
  const engine = await given(child)
  const problem = (content: string): Promise<string> =>
    deploy(engine, content).then(
      () => assert.fail('it was deployed'),
      (error: Error) => error.message,
    )
  const bare = caller().replace(/<zeebe:calledElement[^>]*>/, '')
  assert.match(
    await problem(bare),
    /- Element: call\n {4}- ERROR: Must have exactly one 'zeebe:calledElement' extension/,
  )
  const at = 'call > extensionElements > calledElement'
  assert.match(
    await problem(caller({}, '')),
    new RegExp(
      `${at}\n {4}- ERROR: Attribute 'processId' must be present and not empty\n- Element: ${at}\n {4}- ERROR: Expected expression but not found.`,
    ),
  )
  assert.match(
    await problem(caller({ binding: 'versionTag' })),
    new RegExp(
      `${at}\n {4}- ERROR: Attribute 'versionTag' must be present and not empty if 'bindingType' is 'versionTag'`,
    ),
  )
  assert.match(
    await problem(caller({ versionTag: 'v' })),
    /Attribute 'versionTag' may only be used if 'bindingType' is 'versionTag'/,
  )
  assert.match(
    await problem(caller({ binding: 'deployment' }, 'elsewhere')),
    new RegExp(
      `${at}\\n {4}- ERROR: Expected to find process with id 'elsewhere' in current deployment, but not found.`,
    ),
  )
  const itself = model('p', start(), callActivity('call', 'p'), flow('start -> call'))
  assert.match(await problem(itself), /straight-through processing loop: call > start > call/)
})
