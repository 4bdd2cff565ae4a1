import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  callActivity,
  end,
  errorBoundary,
  eventSubProcess,
  flow,
  messageBegin,
  model,
  type Part,
  parallel,
  serviceTask,
  start,
  subProcess,
  terminateEnd,
} from '../testing/bpmn.ts'
import { given, type TestEngine } from '../testing/engine.ts'

/** `a` and `b` side by side; after `b` everything in the scope ends. */
const sideBySide = (begin: Part, from: string, ...more: Part[]): Part[] => [
  begin,
  parallel('fork'),
  serviceTask('a'),
  serviceTask('b'),
  end('after-a'),
  terminateEnd('stop'),
  flow(`${from} -> fork -> a -> after-a`),
  flow('fork -> b -> stop'),
  ...more,
]

const lastOf = (engine: TestEngine, ...ids: string[]) => ids.map((id) => engine.lived(id).at(-1))

test('in a subprocess it ends what runs there, and the subprocess goes on', async () => {
  const engine = await given(
    model(
      'p',
      start(),
      parallel('split'),
      subProcess('sub', {}, ...sideBySide(start('s'), 's')),
      serviceTask('other'),
      serviceTask('next'),
      end(),
      end('end2'),
      flow('start -> split -> sub -> next -> end'),
      flow('split -> other -> end2'),
    ),
  )
  engine.create('p')
  engine.complete(engine.job('b'))
  assert.deepEqual(lastOf(engine, 'stop', 'a', 'sub'), ['stop COMPLETED', 'a TERMINATED', 'sub COMPLETED'])
  assert.deepEqual(engine.running().sort(), ['next', 'other'])
  const lived = engine.lived()
  assert.ok(lived.indexOf('stop COMPLETED') < lived.indexOf('a TERMINATING'))
})

test('in an event subprocess it ends that alone', async () => {
  const begin = messageBegin('m', 'M', '="k"', { interrupting: false })
  const engine = await given(
    model(
      'p',
      start(),
      serviceTask('work'),
      end(),
      flow('start -> work -> end'),
      eventSubProcess('heard', {}, ...sideBySide(begin, 'm')),
    ),
  )
  engine.create('p')
  engine.publish('M', 'k')
  engine.complete(engine.job('b'))
  assert.deepEqual(lastOf(engine, 'a', 'heard'), ['a TERMINATED', 'heard COMPLETED'])
  assert.deepEqual(engine.running(), ['work'])
  engine.complete(engine.job('work'))
  assert.equal(engine.finished[0]?.outcome, 'completed')
})

test('in one of many it ends that one, over a restart; event subprocesses that run there end too', async () => {
  const heard = eventSubProcess(
    'heard',
    {},
    messageBegin('m', 'M', '="k"', { interrupting: false }),
    serviceTask('inside'),
    end('z'),
    flow('m -> inside -> z'),
  )
  const engine = await given(
    model(
      'p',
      start(),
      subProcess('sub', { multi: { in: '=[1, 2]' } }, ...sideBySide(start('s'), 's', heard)),
      end(),
      flow('start -> sub -> end'),
    ),
  )
  engine.create('p')
  engine.publish('M', 'k')
  assert.equal(engine.running().filter((id) => id === 'inside').length, 1)
  const [first, second] = engine.jobs('b')
  engine.complete(first!)
  assert.deepEqual(engine.running().sort(), ['a', 'b', 'sub', 'sub'])
  await engine.restart()
  engine.complete(second!)
  assert.equal(engine.finished[0]?.outcome, 'completed')
  assert.equal([...engine.state.jobs.values()].length, 0)
})

test('in a called process it ends that one, and the call activity completes', async () => {
  const engine = await given(
    model('p', start(), callActivity('call', 'child'), end(), flow('start -> call -> end')),
    model('child', ...sideBySide(start('s'), 's')),
  )
  engine.create('p')
  engine.complete(engine.job('b'))
  assert.deepEqual(lastOf(engine, 'a', 'child', 'call', 'p'), [
    'a TERMINATED',
    'child COMPLETED',
    'call COMPLETED',
    'p COMPLETED',
  ])
})

test('tokens that wait at a join end with it', async () => {
  const engine = await given(
    model(
      'p',
      start(),
      parallel('fork'),
      parallel('join'),
      serviceTask('a'),
      errorBoundary('broken', 'a', 'E'),
      terminateEnd('stop'),
      end(),
      flow('start -> fork -> join -> end'),
      flow('fork -> a -> join'),
      flow('broken -> stop'),
    ),
  )
  engine.create('p')
  engine.do({ type: 'ThrowError', jobKey: engine.job('a').key, errorCode: 'E', errorMessage: '', variables: {} })
  assert.equal(engine.finished[0]?.outcome, 'completed')
})
