import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import {
  end,
  flow,
  model,
  serviceTask,
  signalStart,
  signalThrow,
  start,
  timerCatch,
  timerStart,
} from './testing/bpmn.ts'
import { startTestEngine, type TestEngine } from './testing/testEngine.ts'

/*
 * What goes on for ever, as on the real engine, lets others have their turn.
 */

const work = model('work', start(), serviceTask('do'), end(), flow('start -> do -> end'))

test("a timer without length that leads to itself runs on, and others' commands are done meanwhile", async (t) => {
  const loop = model('loop', start(), timerCatch('wait', { duration: 'PT0S' }), flow('start -> wait -> wait'))
  await othersHaveTheirTurn(t, loop, (engine) => Promise.all(Array.from({ length: 50 }, () => engine.create('loop'))))
})

test("a process that a timer without length starts again and again runs on, and others' commands are done meanwhile", async (t) => {
  const loop = model('loop', timerStart('begin', { cycle: 'R/PT0S' }), end(), flow('begin -> end'))
  await othersHaveTheirTurn(t, loop, async () => {})
})

test("a signal that its own hearer tells again after no time runs on, and others' commands are done meanwhile", async (t) => {
  const loop = model(
    'loop',
    signalStart('begin', 'AGAIN'),
    timerCatch('wait', { duration: 'PT0S' }),
    signalThrow('tell', 'AGAIN'),
    end(),
    flow('begin -> wait -> tell -> end'),
  )
  await othersHaveTheirTurn(t, loop, (engine) => engine.client.call('BroadcastSignal', { signalName: 'AGAIN' }))
})

async function othersHaveTheirTurn(t: TestContext, xml: string, begin: (engine: TestEngine) => Promise<unknown>) {
  const engine = await startTestEngine(t, { records: {} })
  const loop = watch(engine)
  await engine.deploy({ 'work.bpmn': work, 'loop.bpmn': xml })
  await begin(engine)
  for (let n = 0; n < 20; n += 1) {
    await loop.next()
    await engine.create('work')
    await completeOne(engine)
  }
  await loop.next()
}

async function completeOne({ client }: TestEngine): Promise<void> {
  const request = { type: 'do', worker: 'w', timeout: 60_000, maxJobsToActivate: 1, requestTimeout: -1 }
  const [reply] = await client.stream('ActivateJobs', request).all
  const [job] = reply!.jobs as { key: number }[]
  assert.ok(job, 'the job of a process that was started is there')
  await client.call('CompleteJob', { jobKey: job.key, variables: '{}' })
}

/** Each `next()` resolves when the process `loop` has done something more. */
function watch({ records }: TestEngine): { next(): Promise<void> } {
  let turned = Promise.withResolvers<void>()
  const count = async (): Promise<void> => {
    for await (const { json } of records.read()) {
      if (!json.includes('"bpmnProcessId":"loop"')) continue
      turned.resolve()
      turned = Promise.withResolvers<void>()
    }
  }
  count().catch((error: unknown) => turned.reject(error))
  return { next: () => turned.promise }
}
