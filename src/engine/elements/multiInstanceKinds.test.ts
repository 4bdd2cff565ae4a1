import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compileResource } from '../compile/compileResource.ts'
import {
  type Activity,
  callActivity,
  end,
  eventSubProcess,
  flow,
  messageBegin,
  messageBoundary,
  model,
  type Part,
  receiveTask,
  scriptTask,
  serviceTask,
  start,
  subProcess,
  timerBoundary,
  userTask,
} from '../testing/bpmn.ts'
import { given, type TestEngine } from '../testing/engine.ts'

const jobsOf = (engine: TestEngine) => [...engine.state.jobs.values()].map(({ type }) => type)

/** Each kind of activity, what ends one of its instances with the result `r`, and what it leaves open. */
const kinds: [kind: string, part: (options: Activity) => Part, answer: (engine: TestEngine, item: number) => void][] = [
  [
    'service task',
    (options) => serviceTask('each', 'work', options),
    (engine, item) => {
      const job = engine.jobs('work', 1)[0]!
      assert.equal(job.variables.item, item)
      engine.complete(job, { r: item * 10 })
    },
  ],
  [
    'user task',
    (options) => userTask('each', options),
    (engine, item) => engine.complete(engine.job('io.camunda.zeebe:userTask'), { r: item * 10 }),
  ],
  [
    'receive task',
    (options) => receiveTask('each', 'M', '=string(item)', options),
    (engine, item) => engine.publish('M', String(item), { r: item * 10 }),
  ],
  [
    'subprocess',
    (options) => subProcess('each', options, start('s'), serviceTask('work'), end('e'), flow('s -> work -> e')),
    (engine, item) => engine.complete(engine.job('work'), { r: item * 10 }),
  ],
  [
    'call activity',
    (options) => callActivity('each', 'child', { ...options, outputs: { r: '=s' } }),
    (engine, item) => engine.complete(engine.job('called'), { s: item * 10 }),
  ],
  ['script task', (options) => scriptTask('each', '=item * 10', 'r', options), () => {}],
]

const child = model('child', start(), serviceTask('called'), end(), flow('start -> called -> end'))

for (const [kind, part, answer] of kinds) {
  for (const sequential of [false, true]) {
    const multi = { sequential, in: '=items', as: 'item', out: 'results', element: '=r' }
    const xml = model('p', start(), part({ multi }), end(), flow('start -> each -> end'))

    test(`a ${sequential ? 'sequential' : 'parallel'} ${kind} collects what its instances bring, over restarts`, async () => {
      const engine = await given(child, xml)
      engine.create('p', { items: [1, 2, 3] })
      for (const item of [1, 2, 3]) {
        await engine.restart()
        answer(engine, item)
      }
      assert.deepEqual(engine.finished[0]?.variables, { items: [1, 2, 3], results: [10, 20, 30] })
      const types = engine.records.filter(
        ({ intent, value }) => intent === 'ELEMENT_ACTIVATED' && value.elementId === 'each',
      )
      assert.deepEqual(
        types.map(({ value }) => value.bpmnElementType === 'MULTI_INSTANCE_BODY'),
        [true, false, false, false],
      )
    })

    test(`a ${sequential ? 'sequential' : 'parallel'} ${kind} leaves nothing open when it is cancelled`, async () => {
      if (kind === 'script task') return
      const engine = await given(child, xml)
      const processInstanceKey = engine.create('p', { items: [1, 2, 3] })
      engine.do({ type: 'CancelProcessInstance', processInstanceKey })
      assert.deepEqual(engine.running(), [])
      assert.deepEqual(jobsOf(engine), [])
      assert.equal([...engine.state.subscriptions.values()].length, 0)
      assert.equal(engine.finished[0]?.outcome, 'terminated')
    })
  }
}

const until = (condition: string, sequential: boolean) =>
  model(
    'p',
    start(),
    serviceTask('each', 'work', { multi: { sequential, in: '=[10, 20, 30]', as: 'item', until: condition } }),
    end(),
    flow('start -> each -> end'),
  )

/** The counters know what was created so far: a sequential one has not created all. */
const conditions: [condition: string, parallel: number, sequential: number][] = [
  ['=numberOfInstances = 2', 3, 2],
  ['=numberOfInstances = 3', 1, 3],
  ['=numberOfActiveInstances = 0', 3, 1],
  ['=numberOfActiveInstances = 1', 2, 3],
  ['=numberOfCompletedInstances = 2', 2, 2],
  ['=numberOfTerminatedInstances > 0', 3, 3],
  ['=item = 20', 2, 2],
  ['=loopCounter = 1', 1, 1],
]

for (const [condition, ...jobs] of conditions) {
  for (const [index, sequential] of [false, true].entries()) {
    test(`${sequential ? 'sequential' : 'parallel'} until ${condition}`, async () => {
      const engine = await given(until(condition, sequential))
      engine.create('p')
      for (let done = 0; done < jobs[index]!; done += 1) {
        assert.equal(engine.finished.length, 0)
        engine.complete(engine.job('work'))
      }
      assert.equal(engine.finished.length, 1)
      assert.deepEqual(jobsOf(engine), [])
    })
  }
}

test('a completion condition that is not boolean is an incident of the instance, asked again when it is resolved', async () => {
  const engine = await given(until('=x', false))
  const instance = engine.create('p')
  const [first] = engine.jobs('work')
  engine.complete(first!)
  const { key, message, elementInstanceKey } = engine.incident()
  assert.equal(elementInstanceKey, first!.elementInstanceKey)
  assert.equal(
    message,
    "Expected result of the expression 'x' to be 'BOOLEAN', but was 'NULL'. The evaluation reported the following warnings:\n[NO_VARIABLE_FOUND] No variable found with name 'x'",
  )
  engine.do({ type: 'SetVariables', elementInstanceKey: instance, variables: { x: true }, local: true })
  engine.do({ type: 'ResolveIncident', incidentKey: key })
  assert.equal(engine.finished.length, 1)
})

test('what cannot be put into the output is an incident of the instance; resolved, all is collected', async () => {
  const multi = { in: '=[1, 2]', out: 'results', element: '={x: assert(y, y != null)}' }
  const engine = await given(
    model('p', start(), serviceTask('each', 'work', { multi }), end(), flow('start -> each -> end')),
  )
  const instance = engine.create('p')
  const [first, second] = engine.jobs('work')
  engine.complete(first!)
  assert.match(engine.incident().message, /^Assertion failure on evaluate the expression '\{x: assert/)
  engine.do({ type: 'SetVariables', elementInstanceKey: instance, variables: { y: 7 }, local: true })
  engine.do({ type: 'ResolveIncident', incidentKey: engine.incident().key })
  engine.complete(second!)
  assert.deepEqual(engine.finished[0]?.variables.results, [{ x: 7 }, { x: 7 }])
})

const each = (multi: Activity['multi'], options: Activity = {}) =>
  model('p', start(), serviceTask('each', 'work', { ...options, multi: multi! }), end(), flow('start -> each -> end'))

test('a sequential one whose collection shrinks ends early, and whose collection breaks has an incident', async () => {
  const engine = await given(each({ sequential: true, in: '=items', as: 'item' }))
  const instance = engine.create('p', { items: [1, 2, 3, 4] })
  const set = (items: unknown) =>
    engine.do({ type: 'SetVariables', elementInstanceKey: instance, variables: { items }, local: true })
  set('broken')
  engine.complete(engine.job('work'))
  assert.equal(engine.incident().message, "Expected result of the expression 'items' to be 'ARRAY', but was 'STRING'.")
  set([1, 5])
  engine.do({ type: 'ResolveIncident', incidentKey: engine.incident().key })
  const job = engine.job('work')
  assert.equal(job.variables.item, 5)
  engine.complete(job)
  assert.equal(engine.finished.length, 1)
})

test('an item that is gone when its instance begins again is an incident', async () => {
  const engine = await given(each({ in: '=items', as: 'item' }, { inputs: { y: '=assert(x, x != null)' } }))
  const instance = engine.create('p', { items: [1, 2] })
  const [, second] = engine.incidents()
  const set = (variables: object) =>
    engine.do({ type: 'SetVariables', elementInstanceKey: instance, variables: { ...variables }, local: true })
  set({ items: [7], x: 1 })
  engine.do({ type: 'ResolveIncident', incidentKey: second!.key })
  assert.equal(
    engine.incidents()[1]?.message,
    'Expected to read item at index 1 of the multiInstanceBody input collection but it contains only 1 elements. The input collection might be modified while iterating over it.',
  )
  set({ items: [7, 8] })
  for (const { key } of engine.incidents()) engine.do({ type: 'ResolveIncident', incidentKey: key })
  assert.deepEqual(
    engine.jobs('work').map(({ variables }) => variables.item),
    [7, 8],
  )
})

test('an instance that changes the collection changes it for those that begin after it', async () => {
  const changing = subProcess(
    'each',
    { multi: { sequential: true, in: '=items', as: 'item' }, outputs: { items: '=[9, 9, item + 1]' } },
    start('s'),
    serviceTask('work'),
    end('e'),
    flow('s -> work -> e'),
  )
  const engine = await given(model('p', start(), changing, end(), flow('start -> each -> end')))
  engine.create('p', { items: [1, 2, 3] })
  engine.complete(engine.job('work'))
  assert.equal(engine.job('work').variables.item, 9)
})

test('one in another collects in lists of lists', async () => {
  const inner = subProcess(
    'row',
    { multi: { in: '=rows', as: 'row', out: 'table', element: '=cells' } },
    start('s'),
    scriptTask('cell', '=value * 2', 'doubled', {
      multi: { in: '=row', as: 'value', out: 'cells', element: '=doubled' },
    }),
    end('e'),
    flow('s -> cell -> e'),
  )
  const engine = await given(model('p', start(), inner, end(), flow('start -> row -> end')))
  engine.create('p', { rows: [[1, 2], [], [3]] })
  assert.deepEqual(engine.finished[0]?.variables.table, [[2, 4], [], [6]])
})

const bounded = (boundary: Part, sequential = false) =>
  model(
    'p',
    start(),
    serviceTask('each', 'work', { multi: { sequential, in: '=[1, 2]' } }),
    boundary,
    serviceTask('after'),
    end(),
    end('end2'),
    flow('start -> each -> end'),
    flow('b -> after -> end2'),
  )

test('boundary events are there once for all instances: they end all, or leave all alone', async () => {
  for (const sequential of [false, true]) {
    for (const interrupting of [true, false]) {
      const timed = await given(bounded(timerBoundary('b', 'each', { duration: 'PT1M' }, { interrupting }), sequential))
      timed.create('p')
      await timed.restart()
      timed.advance(60_000)
      const told = await given(bounded(messageBoundary('b', 'each', 'M', '="k"', { interrupting }), sequential))
      told.create('p')
      await told.restart()
      told.publish('M', 'k')
      const working = interrupting ? [] : sequential ? ['each', 'each'] : ['each', 'each', 'each']
      for (const engine of [timed, told]) {
        assert.deepEqual(engine.running().sort(), ['after', ...working])
        assert.deepEqual(jobsOf(engine).sort(), ['after', ...working.slice(1).map(() => 'work')])
      }
    }
  }
})

test('an event subprocess lies in each of them', async () => {
  const heard = eventSubProcess(
    'heard',
    {},
    messageBegin('m', 'M', '=string(item)'),
    serviceTask('in'),
    end('z'),
    flow('m -> in -> z'),
  )
  const sub = subProcess(
    'sub',
    { multi: { in: '=[1, 2]', as: 'item', out: 'results', element: '=r' } },
    start('s'),
    serviceTask('work'),
    end('e'),
    flow('s -> work -> e'),
    heard,
  )
  const engine = await given(model('p', start(), sub, end(), flow('start -> sub -> end')))
  engine.create('p')
  engine.publish('M', '2', { why: 'b' })
  assert.deepEqual(engine.running().sort(), ['heard', 'in', 'sub', 'sub', 'sub', 'work'])
  engine.complete(engine.job('in'), { r: 'in' })
  engine.complete(engine.job('work'), { r: 'work' })
  assert.deepEqual(engine.finished[0]?.variables, { why: 'b', results: ['work', 'in'] })
})

test('refuses one without a collection, one that is no expression, and takes a condition as it stands', async () => {
  const problemsOf = async (multi: Activity['multi']) =>
    (await compileResource({ name: 'x.bpmn', content: each(multi) })).problems
  const at = '- Element: each > multiInstanceLoopCharacteristics > extensionElements > loopCharacteristics\n'
  assert.equal(
    await problemsOf({ in: '' }),
    `'x.bpmn': ${at}    - ERROR: Attribute 'inputCollection' must be present and not empty\n${at}    - ERROR: Expected expression but not found.\n`,
  )
  assert.match((await problemsOf({ in: 'items' })) ?? '', /Expected expression but found static value 'items'/)
  assert.equal(await problemsOf({ in: '=items', until: 'true' }), undefined)
  const engine = await given(each({ in: '=[1]', until: 'true' }))
  engine.create('p')
  engine.complete(engine.job('work'))
  assert.match(engine.incident().message, /to be 'BOOLEAN', but was 'STRING'/)
})
