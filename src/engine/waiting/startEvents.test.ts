import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compileResource } from '../compile/compileResource.ts'
import { startRun } from '../run.ts'
import { nextDue } from '../state/state.ts'
import {
  end,
  flow,
  messageStart,
  model,
  serviceTask,
  start,
  type TimerOf,
  timerCatch,
  timerStart,
} from '../testing/bpmn.ts'
import { deploy, given, type TestEngine } from '../testing/engine.ts'
import { closeStartEvents, openStartEvents } from './startEvents.ts'

const timed = (timer: TimerOf, id = 'timed') =>
  model(id, timerStart('tick', timer), serviceTask('job', id), end(), flow('tick -> job -> end'))

const timersOf = ({ records }: TestEngine) =>
  records
    .filter(({ valueType }) => valueType === 'TIMER')
    .map(({ intent, value }) => `${intent} ${value.targetElementId} ${value.repetitions}`)

test('a timer starts an instance: it is made with the deployment, before the deployment is told, and for no instance', async () => {
  const engine = await given(timed({ cycle: 'R2/PT10S' }))
  const deployed = engine.records.map(({ valueType, intent }) => `${valueType} ${intent}`)
  assert.deepEqual(deployed, ['DEPLOYMENT CREATE', 'PROCESS CREATED', 'TIMER CREATED', 'DEPLOYMENT CREATED'])
  const processDefinitionKey = engine.records[1]!.key
  assert.deepEqual(engine.records[2]!.value, {
    elementInstanceKey: -1,
    processInstanceKey: -1,
    dueDate: engine.now + 10_000,
    targetElementId: 'tick',
    repetitions: 2,
    processDefinitionKey,
    tenantId: '<default>',
  })
  assert.equal(nextDue(engine.state), engine.now + 10_000)
})

test('it fires whether or not somebody started an instance meanwhile, as often as it says', async () => {
  const both = [start(), timerStart('tick', { cycle: 'R2/PT10S' }), serviceTask('job'), end()]
  const engine = await given(model('both', ...both, flow('start -> job -> end'), flow('tick -> job')))
  engine.create('both')
  engine.advance(10_000)
  await engine.restart()
  engine.advance(10_000)
  engine.advance(10_000)
  assert.equal(engine.jobs('job').length, 3)
  assert.deepEqual(timersOf(engine), ['CREATED tick 2', 'TRIGGERED tick 2', 'CREATED tick 1', 'TRIGGERED tick 1'])
  assert.equal([...engine.state.timers.values()].length, 0)
})

test('the records tell which instance a timer started, and the one after it too', async () => {
  const engine = await given(timed({ cycle: 'R2/PT10S' }))
  engine.advance(10_000)
  const { processInstanceKey } = engine.job('timed')
  const keys = engine.records
    .filter(({ valueType }) => valueType === 'TIMER')
    .map(({ value }) => value.processInstanceKey)
  assert.deepEqual(keys, [-1, processInstanceKey, processInstanceKey])
  const of = (type: string) => engine.records.filter(({ valueType }) => valueType === type)
  assert.deepEqual(
    of('PROCESS_EVENT').map(({ intent, value }) => [intent, value.targetElementId, value.scopeKey]),
    [
      ['TRIGGERING', 'tick', of('PROCESS')[0]!.key],
      ['TRIGGERED', 'tick', of('PROCESS')[0]!.key],
    ],
  )
  const [first] = of('PROCESS_INSTANCE').filter(({ value }) => value.elementId === 'tick')
  assert.equal(first?.value.bpmnEventType, 'TIMER')
})

test('a date, a duration, cron and FEEL without variables', async () => {
  const engine = await given(
    timed({ date: '2026-01-01T00:00:05Z' }, 'date'),
    timed({ duration: 'PT20S' }, 'duration'),
    timed({ cycle: '0 0 * * * *' }, 'cron'),
    timed({ date: '=now() + duration("PT1M")' }, 'feel'),
  )
  const due = [...engine.state.timers.values()].map((timer) => (timer.due - engine.now) / 1_000)
  assert.deepEqual(due, [5, 20, 3_600, 60])
  engine.advance(3_600_000)
  engine.advance(3_600_000)
  assert.deepEqual(
    ['date', 'duration', 'cron', 'feel'].map((type) => engine.jobs(type).length),
    [1, 1, 2, 1],
  )
})

test('a date that has passed starts an instance at once', async () => {
  const engine = await given(timed({ date: '2020-01-01T00:00:00Z' }))
  engine.advance(0)
  assert.equal(engine.jobs('timed').length, 1)
})

test('of timers that are due together those of the older elements fire first, and those that start instances last', async () => {
  const waits = model('waits', start(), timerCatch('wait', { duration: 'PT10S' }), end(), flow('start -> wait -> end'))
  const engine = await given(timed({ duration: 'PT10S' }), waits)
  engine.create('waits')
  engine.advance(10_000)
  assert.deepEqual(timersOf(engine).slice(-2), ['TRIGGERED wait 1', 'TRIGGERED tick 1'])
})

test('several start events each start instances, at themselves', async () => {
  const engine = await given(
    model(
      'many',
      timerStart('two', { cycle: 'R/PT2S' }),
      timerStart('three', { cycle: 'R/PT3S' }),
      messageStart('said', 'SAID'),
      end(),
      flow('two -> end'),
      flow('three -> end'),
      flow('said -> end'),
    ),
  )
  for (let second = 1; second <= 6; second += 1) engine.advance(1_000)
  engine.publish('SAID', '')
  const started = ['two', 'three', 'said'].map((id) => engine.lived(id).length / 4)
  assert.deepEqual(started, [3, 2, 1])
})

test('a new version takes over; the same one again changes nothing', async () => {
  const engine = await given(timed({ cycle: 'R/PT10S' }))
  await deploy(engine, timed({ cycle: 'R/PT10S' }))
  assert.deepEqual(timersOf(engine), ['CREATED tick -1'])
  await deploy(engine, timed({ cycle: 'R/PT15S' }))
  assert.deepEqual(timersOf(engine).slice(1), ['CANCELED tick -1', 'CREATED tick -1'])
  await engine.restart()
  engine.advance(10_000)
  assert.equal(engine.jobs('timed').length, 0)
  engine.advance(5_000)
  assert.equal(engine.job('timed').processDefinitionVersion, 2)
  await deploy(engine, model('timed', start(), end(), flow('start -> end')))
  assert.equal([...engine.state.timers.values()].length, 0)
})

test('what starts a process can be closed, and opened again for the version before', async () => {
  const said = (name: string) => model('p', timerStart('tick', { cycle: 'R/PT1S' }), messageStart('said', name), end())
  const engine = await given(said('A'))
  await deploy(engine, said('B'))
  const [before, latest] = [...engine.state.processes.values()]
  const run = startRun({ state: engine.state, now: engine.now, behaviourOf: () => assert.fail() })
  closeStartEvents(run, latest!)
  assert.deepEqual([...engine.state.timers.values(), ...engine.state.startSubscriptions.values()], [])
  openStartEvents(run, before!)
  assert.equal([...engine.state.startSubscriptions.values()][0]?.messageName, 'A')
  assert.equal([...engine.state.timers.values()][0]?.processDefinitionKey, before!.key)
})

test('a timer that cannot be evaluated without variables is refused at deployment', async () => {
  const engine = await given(timed({ duration: 'PT1S' }))
  const resource = await compileResource({ name: 't.bpmn', content: timed({ duration: '=patience' }) })
  assert.equal(
    engine.refused({ type: 'DeployResource', resources: [resource] }).message,
    "Command 'CREATE' rejected with code 'INVALID_ARGUMENT': Expected to deploy new resources, but encountered the following errors:\n" +
      "'t.bpmn': - Element: tick\n" +
      "    - ERROR: Invalid timer duration expression (Expected result of the expression 'patience' to be one of '[DURATION, PERIOD, STRING]', but was 'NULL'. The evaluation reported the following warnings:\n" +
      "[NO_VARIABLE_FOUND] No variable found with name 'patience')\n",
  )
})
