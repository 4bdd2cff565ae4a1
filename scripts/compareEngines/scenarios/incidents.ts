import * as bpmn from '../../../src/engine/testing/bpmn.ts'
import type { Scenario } from '../player.ts'

const { end, flow, model, serviceTask, start } = bpmn

export const incidents: Record<string, Scenario> = {
  'incidents: a mapping that fails is mended and resolved': async (player) => {
    const id = player.own('mapping')
    await player.deploy(
      model(
        id,
        start(),
        serviceTask('before', `${id}_before`),
        serviceTask('work', id, { inputs: { x: '=assert(v, v != null)' }, outputs: { y: '=assert(w, w != null)' } }),
        end(),
        flow('start -> before -> work -> end'),
      ),
    )
    const result = player.createWithResult(id, {})
    const [before] = await player.jobs(`${id}_before`)
    await player.complete(before)
    await player.jobs(id, 1, { requestTimeout: '300' })
    await player.call('setVariablesSync', {
      elementInstanceKey: before!.processInstanceKey,
      variables: '{"v":1}',
      local: false,
    })
    await player.resolveIncidentAfter(before!)
    const [job] = await player.jobs(id)
    await player.complete(job)
    await player.complete(job)
    await player.call('setVariablesSync', {
      elementInstanceKey: before!.processInstanceKey,
      variables: '{"w":2}',
      local: false,
    })
    await player.resolveIncidentAfter(job!)
    await result()
  },

  'incidents: resolved without retries, and twice': async (player) => {
    const id = player.own('noretries')
    await player.deploy(model(id, start(), serviceTask('work', id), end(), flow('start -> work -> end')))
    await player.create(id)
    const [job] = await player.jobs(id)
    await player.call('failJobSync', { jobKey: job!.key, retries: -3, errorMessage: 'x' })
    await player.resolveIncidentAfter(job!)
    await player.jobs(id, 1, { requestTimeout: '300' })
    await player.call('updateJobRetriesSync', { jobKey: job!.key, retries: 2 })
    await player.jobs(id, 1, { requestTimeout: '300' })
    await player.resolveIncidentAfter(job!)
    await player.jobs(id, 1, { requestTimeout: '300' })
  },

  'incidents: no flow to take': async (player) => {
    const id = player.own('noflow')
    await player.deploy(
      model(
        id,
        start(),
        serviceTask('work', id),
        bpmn.exclusive('x'),
        end('a'),
        end('b'),
        flow('start -> work -> x'),
        flow('x -> a', '=n = 1'),
        flow('x -> b', '=n = 2'),
      ),
    )
    const result = player.createWithResult(id, { n: 3 })
    const [job] = await player.jobs(id)
    await player.complete(job)
    await player.call('setVariablesSync', {
      elementInstanceKey: job!.processInstanceKey,
      variables: '{"n":2}',
      local: false,
    })
    await player.resolveIncidentAfter(job!)
    await result()
  },

  'incidents: job types and retries from expressions': async (player) => {
    const id = player.own('dynamic')
    await player.deploy(
      model(
        id,
        start(),
        serviceTask('work', `="${id}_" + suffix`, { retries: '=n' }),
        end(),
        flow('start -> work -> end'),
      ),
    )
    const result = player.createWithResult(id, { suffix: 'a', n: 5 })
    const [job] = await player.jobs(`${id}_a`)
    await player.complete(job)
    await result()
    await player.createWithResult(id, { suffix: 1, n: 5 }, { requestTimeout: '400' })()
    await player.createWithResult(id, { suffix: 'b', n: 'x' }, { requestTimeout: '400' })()
    await player.jobs(`${id}_b`, 1, { requestTimeout: '-1' })
  },

  'incidents: an instance with one is cancelled': async (player) => {
    const id = player.own('cancelled')
    await player.deploy(model(id, start(), serviceTask('work', id), end(), flow('start -> work -> end')))
    const instance = await player.create(id)
    const [job] = await player.jobs(id)
    await player.call('failJobSync', { jobKey: job!.key, retries: 0, errorMessage: 'x' })
    await player.call('cancelProcessInstanceSync', { processInstanceKey: instance })
    await player.resolveIncidentAfter(job!)
  },

  'incidents: output element and collections that are none': async (player) => {
    const id = player.own('collections')
    const multi = { in: '=items', as: 'item', out: 'results', element: '=assert(r, r != null)' }
    await player.deploy(model(id, start(), serviceTask('work', id, { multi }), end(), flow('start -> work -> end')))
    await player.createWithResult(id, {}, { requestTimeout: '400' })()
    await player.createWithResult(id, { items: { a: 1 } }, { requestTimeout: '400' })()
    const result = player.createWithResult(id, { items: [1] })
    const [job] = await player.jobs(id)
    await player.complete(job)
    await player.call('setVariablesSync', {
      elementInstanceKey: job!.elementInstanceKey,
      variables: '{"r":5}',
      local: true,
    })
    await player.resolveIncidentAfter(job!)
    await result()
  },
}
