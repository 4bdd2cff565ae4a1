import * as bpmn from '../../../src/engine/testing/bpmn.ts'
import type { Scenario } from '../player.ts'

const { end, flow, model, serviceTask, start } = bpmn

export const jobs: Record<string, Scenario> = {
  'a job with headers, completed': async (player) => {
    const id = player.own('straight')
    await player.deploy(
      model(
        id,
        start(),
        serviceTask('work', id, { headers: { h: 'v' }, inputs: { x: '=a + 1', 'deep.er': '=x * 2' } }),
        end(),
        flow('start -> work -> end'),
      ),
    )
    const result = player.createWithResult(id, { a: 1, b: { c: [1, 2.5, null, 'ä'] } })
    const [job] = await player.jobs(id)
    await player.complete(job, { answer: 42, a: 'changed' })
    await player.complete(job)
    await result()
    const fetched = player.createWithResult(id, { a: 1 }, { fetchVariables: ['answer', 'nope'] })
    const [second] = await player.jobs(id, 1, { fetchVariable: ['a', 'nope'] })
    await player.complete(second, { answer: 1, other: 2 })
    await fetched()
  },

  'a result that is not there in time, and one of a cancelled instance': async (player) => {
    const id = player.own('late')
    await player.deploy(model(id, start(), serviceTask('work', id), end(), flow('start -> work -> end')))
    const late = player.createWithResult(id, {}, { requestTimeout: '400' })
    await late()
    const cancelled = player.createWithResult(id, {}, { requestTimeout: '1000' })
    for (const job of await player.jobs(id, 2))
      await player.call('cancelProcessInstanceSync', { processInstanceKey: job.processInstanceKey })
    await cancelled()
  },

  'a job fails, waits, fails for good, and is resolved': async (player) => {
    const id = player.own('failing')
    await player.deploy(model(id, start(), serviceTask('work', id), end(), flow('start -> work -> end')))
    const result = player.createWithResult(id, { a: 1 })
    const [job] = await player.jobs(id)
    const fail = (retries: number, more: object = {}) =>
      player.call('failJobSync', { jobKey: job!.key, retries, errorMessage: 'no paper', ...more })
    await fail(2, { retryBackOff: '700', variables: '{"seen":1}' })
    await player.complete(job)
    await player.jobs(id, 1, { requestTimeout: '-1' })
    await player.jobs(id)
    await fail(0)
    await fail(1)
    await player.complete(job)
    await player.call('updateJobRetriesSync', { jobKey: job!.key, retries: 0 })
    await player.call('updateJobRetriesSync', { jobKey: job!.key, retries: 1 })
    await player.jobs(id, 1, { requestTimeout: '300' })
    await player.resolveIncidentAfter(job!)
    const [again] = await player.jobs(id)
    await player.complete(again, { done: true })
    await result()
  },

  'an error is thrown: caught by its code, by any, by nobody': async (player) => {
    const id = player.own('throwing')
    const type = (name: string) => `${id}_${name}`
    await player.deploy(
      model(
        id,
        start(),
        serviceTask('work', type('work')),
        bpmn.errorBoundary('known', 'work', 'E1', { outputs: { code: '=detail' } }),
        bpmn.errorBoundary('any', 'work'),
        serviceTask('afterKnown', type('after')),
        serviceTask('afterAny', type('after')),
        end(),
        end('end1'),
        end('end2'),
        flow('start -> work -> end'),
        flow('known -> afterKnown -> end1'),
        flow('any -> afterAny -> end2'),
      ),
    )
    for (const errorCode of ['E1', 'E2']) {
      const result = player.createWithResult(id, { a: 1 })
      const [job] = await player.jobs(type('work'))
      await player.call('throwErrorSync', {
        jobKey: job!.key,
        errorCode,
        errorMessage: 'so',
        variables: '{"detail":7}',
      })
      const [after] = await player.jobs(type('after'))
      await player.complete(after, { after: 1 })
      await result()
    }
    const bare = player.own('bare')
    await player.deploy(model(bare, start(), serviceTask('work', bare), end(), flow('start -> work -> end')))
    await player.create(bare)
    const [job] = await player.jobs(bare)
    await player.call('throwErrorSync', { jobKey: job!.key, errorCode: 'E9', errorMessage: 'so' })
    await player.complete(job)
    await player.call('throwErrorSync', { jobKey: job!.key, errorCode: 'E9' })
    await player.resolveIncidentAfter(job!)
    const [again] = await player.jobs(bare)
    await player.complete(again)
  },
}
