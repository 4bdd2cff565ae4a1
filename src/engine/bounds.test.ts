import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compileResource } from './compile/compileResource.ts'
import {
  end,
  escalationBegin,
  escalationEnd,
  escalationThrow,
  eventSubProcess,
  flow,
  model,
  type Part,
  serviceTask,
  start,
  subProcess,
  timerBoundary,
} from './testing/bpmn.ts'
import { given } from './testing/engine.ts'

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
