import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compileResource } from './compile/compileResource.ts'
import {
  callActivity,
  end,
  escalationBegin,
  escalationEnd,
  escalationThrow,
  eventSubProcess,
  flow,
  messageStart,
  model,
  type Part,
  parallel,
  serviceTask,
  signalEnd,
  signalStart,
  start,
  subProcess,
  timerBoundary,
} from './testing/bpmn.ts'
import { deploy, given } from './testing/engine.ts'

const nested = (depth: number): Part =>
  subProcess(
    `sub${depth}`,
    {},
    start(`s${depth}`),
    depth === 1 ? serviceTask('work') : nested(depth - 1),
    end(`e${depth}`),
    flow(`s${depth} -> ${depth === 1 ? 'work' : `sub${depth - 1}`} -> e${depth}`),
  )

const nest = (depth: number) => model('p', start(), nested(depth), end(), flow(`start -> sub${depth} -> end`))

test('a hundred subprocesses in each other run and can be cancelled; deeper ones are refused, however deep', async () => {
  const engine = await given(nest(100))
  const processInstanceKey = engine.create('p')
  engine.complete(engine.job('work'))
  assert.equal(engine.finished[0]?.processInstanceKey, processInstanceKey)
  const { problems } = await compileResource({ name: 'x.bpmn', content: nest(101) })
  assert.match(problems ?? '', /Element: sub1\n.*Must not lie in more than 100 others/)
  assert.notEqual((await compileResource({ name: 'x.bpmn', content: nest(3000) })).problems, undefined)
})

test('a cycle without length comes a thousand times, and then its activity has an incident', async () => {
  const engine = await given(
    model(
      'p',
      start(),
      serviceTask('work'),
      timerBoundary('tick', 'work', { cycle: 'R/PT0S' }, { interrupting: false }),
      end(),
      end('ticked'),
      flow('start -> work -> end'),
      flow('tick -> ticked'),
    ),
  )
  engine.create('p')
  for (let n = 0; n < 1100; n += 1) engine.advance(0)
  assert.equal(engine.lived('ticked').filter((life) => life === 'ticked COMPLETED').length, 1000)
  const { elementId, message } = engine.incident()
  assert.equal(elementId, 'work')
  assert.match(message, /'tick' came due 1000 times without time passing/)
  engine.complete(engine.job('work'))
  assert.equal(engine.finished.length, 1)
})

test('an event subprocess that begins itself again and again stops with an incident', async () => {
  const engine = await given(
    model(
      'p',
      start(),
      escalationEnd('first', 'E'),
      flow('start -> first'),
      eventSubProcess(
        'again',
        {},
        escalationBegin('begin', 'E', { interrupting: false }),
        escalationThrow('throw', 'E'),
        end('done'),
        flow('begin -> throw -> done'),
      ),
    ),
  )
  const processInstanceKey = engine.create('p')
  assert.match(engine.incident().message, /entered 1000 times without waiting/)
  engine.do({ type: 'CancelProcessInstance', processInstanceKey })
  assert.deepEqual(engine.running(), [])
})

/** Each calls the other, so that the compiler sees no loop. */
const callingEachOther = (multi?: { in: string; as: string }) =>
  [
    ['p', 'q'],
    ['q', 'p'],
  ].map(([id, other]) =>
    model(id!, start(), callActivity('call', other!, multi && { multi }), end(), flow('start -> call -> end')),
  )

test('processes that call one another stop at a depth of a thousand, and can be cancelled', async () => {
  const engine = await given(...callingEachOther())
  const processInstanceKey = engine.create('p')
  assert.match(engine.incident().message, /^The call activity has reached the maximum depth of 1000\./)
  assert.equal(engine.running().length, 1000)
  engine.do({ type: 'CancelProcessInstance', processInstanceKey })
  assert.deepEqual(engine.running(), [])
})

test('processes that call one another many times end in incidents before they are too many', async () => {
  const engine = await given(...callingEachOther({ in: '=[1, 2, 3]', as: 'n' }))
  const processInstanceKey = engine.create('p')
  assert.match(engine.incidents()[0]!.message, /entered 1000 times without waiting/)
  assert.ok(engine.state.elements.size < 20_000)
  engine.do({ type: 'CancelProcessInstance', processInstanceKey })
  assert.deepEqual(engine.running(), [])
})

test('a process that is called two thousand times at once, by others than itself, is no loop', async () => {
  const calls = { multi: { in: '=for i in 1..1000 return i', as: 'n' } }
  const engine = await given(
    model(
      'p',
      start(),
      parallel('fork'),
      callActivity('a', 'called', calls),
      callActivity('b', 'called', calls),
      end(),
      end('other'),
      flow('start -> fork -> a -> end'),
      flow('fork -> b -> other'),
    ),
    model('called', start(), end(), flow('start -> end')),
  )
  engine.create('p')
  assert.deepEqual(engine.incidents(), [])
  assert.equal(engine.finished.at(-1)?.bpmnProcessId, 'p')
})

test('a signal that starts the process which tells it stops with an incident', async () => {
  const engine = await given(model('p', signalStart('start', 'AGAIN'), signalEnd('end', 'AGAIN'), flow('start -> end')))
  engine.do({ type: 'BroadcastSignal', signalName: 'AGAIN', variables: {} })
  const { message, processInstanceKey } = engine.incident()
  assert.match(message, /entered 1000 times without waiting/)
  engine.do({ type: 'CancelProcessInstance', processInstanceKey })
  assert.deepEqual(engine.running(), [])
})

test('two thousand messages that wait for one another, for processes that end at once, are no loop', async () => {
  const engine = await given(
    model('p', messageStart('start', 'ORDER'), serviceTask('work'), end(), flow('start -> work -> end')),
  )
  engine.publish('ORDER', 'one', {}, 1_000_000)
  const first = engine.job('work')
  for (let n = 0; n < 2000; n += 1) engine.publish('ORDER', 'one', {}, 1_000_000)
  await deploy(engine, model('p', messageStart('start', 'ORDER'), end(), flow('start -> end')))
  engine.complete(first)
  assert.equal(engine.finished.length, 2001)
  assert.deepEqual(engine.incidents(), [])
})
