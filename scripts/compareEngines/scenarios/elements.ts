import * as bpmn from '../../../src/engine/testing/bpmn.ts'
import type { Scenario } from '../player.ts'

const { end, flow, model, serviceTask, start } = bpmn

export const elements: Record<string, Scenario> = {
  'gateways choose, fork and join': async (player) => {
    const id = player.own('gateways')
    await player.deploy(
      model(
        id,
        start(),
        bpmn.exclusive('choice', 'choice_small'),
        serviceTask('small', id),
        bpmn.parallel('fork'),
        serviceTask('left', id),
        serviceTask('right', id),
        bpmn.parallel('join'),
        bpmn.exclusive('merge'),
        end(),
        flow('start -> choice -> small -> merge -> end'),
        flow('choice -> fork', '=n > 10'),
        flow('fork -> left -> join -> merge'),
        flow('fork -> right -> join'),
      ),
    )
    for (const n of [1, 11]) {
      const result = player.createWithResult(id, { n })
      for (const job of await player.jobs(id, n === 1 ? 1 : 2)) await player.complete(job, { [job.elementId]: n })
      await result()
    }
    const stuck = player.createWithResult(id, { n: 'text' }, { requestTimeout: '600' })
    await stuck()
  },

  'a subprocess for each, in a row and at once': async (player) => {
    for (const sequential of [true, false]) {
      const id = player.own(sequential ? 'row' : 'once')
      const multi = { sequential, in: '=items', as: 'item', out: 'results', element: '=r' }
      const inner = [
        start('s'),
        serviceTask('work', id, { inputs: { x: '=item * 2' } }),
        end('e'),
        flow('s -> work -> e'),
      ]
      await player.deploy(
        model(id, start(), bpmn.subProcess('each', { multi }, ...inner), end(), flow('start -> each -> end')),
      )
      const result = player.createWithResult(id, { items: [1, 2, 3], r: 'outside' })
      for (let taken = 0; taken < 3; ) {
        const jobs = await player.jobs(id, sequential ? 1 : 3)
        if (jobs.length === 0) break
        taken += jobs.length
        for (const job of jobs.reverse()) await player.complete(job, { r: JSON.parse(job.variables).x })
      }
      await result()
      await player.createWithResult(id, { items: [] })()
      await player.createWithResult(id, { items: 5 }, { requestTimeout: '500' })()
    }
  },

  'timers fire: by duration, date and cycle': async (player) => {
    const id = player.own('timers')
    await player.deploy(
      model(
        id,
        start(),
        bpmn.timerCatch('short', { duration: '=d' }),
        bpmn.timerCatch('past', { date: '2020-01-01T00:00:00Z' }),
        serviceTask('work', id),
        bpmn.timerBoundary('remind', 'work', { cycle: 'R2/PT0.3S' }, { interrupting: false }),
        serviceTask('reminded', `${id}_reminded`),
        bpmn.timerBoundary('over', 'work', { duration: 'PT2S' }),
        end(),
        end('end1'),
        end('end2'),
        flow('start -> short -> past -> work -> end'),
        flow('remind -> reminded -> end1'),
        flow('over -> end2'),
      ),
    )
    const result = player.createWithResult(id, { d: 'PT0.2S' })
    const [job] = await player.jobs(id)
    for (const reminded of await player.jobs(`${id}_reminded`, 2)) await player.complete(reminded, { reminded: true })
    await result()
    await player.complete(job)
    await player.createWithResult(id, { d: 'soon' }, { requestTimeout: '500' })()
  },

  'variables: local, global, mapped, missing': async (player) => {
    const id = player.own('variables')
    await player.deploy(
      model(
        id,
        start(),
        serviceTask('one', id, {
          inputs: { mine: '=a', gone: '=nowhere.at.all', text: 'static' },
          outputs: { 'out.value': '=answer', kept: '=mine' },
        }),
        serviceTask('two', id),
        end('end', { outputs: { atEnd: '=upper case(b)' } }),
        flow('start -> one -> two -> end'),
      ),
    )
    const result = player.createWithResult(id, { a: { n: 1 }, b: 'b' })
    const [one] = await player.jobs(id)
    const set = (elementInstanceKey: string, variables: object, local: boolean) =>
      player.call(
        'setVariablesSync',
        { elementInstanceKey, variables: JSON.stringify(variables), local },
        `set ${JSON.stringify(variables)} ${local}`,
      )
    await set(one!.elementInstanceKey, { mine: 'changed', fresh: 1 }, true)
    await set(one!.elementInstanceKey, { a: 'far', fresher: 2 }, false)
    await player.complete(one, { answer: [1], answer2: 2 })
    const [two] = await player.jobs(id)
    await player.complete(two, { c: 3 })
    await result()
  },

  'ends: terminate, error, and a cancelled instance': async (player) => {
    const id = player.own('ends')
    const inner = [
      start('s'),
      bpmn.parallel('f'),
      serviceTask('work', id),
      bpmn.terminateEnd('stop'),
      end('e'),
      flow('s -> f -> work -> e'),
      flow('f -> stop'),
    ]
    await player.deploy(model(id, start(), bpmn.subProcess('sub', {}, ...inner), end(), flow('start -> sub -> end')))
    await player.createWithResult(id)()
    await player.jobs(id, 1, { requestTimeout: '-1' })
    const failing = player.own('failingEnd')
    const thrower = [start('s'), bpmn.errorEnd('bang', 'E'), flow('s -> bang')]
    await player.deploy(
      model(
        failing,
        start(),
        bpmn.subProcess('sub', {}, ...thrower),
        bpmn.errorBoundary('caught', 'sub', 'E', { outputs: { caught: '=true' } }),
        end(),
        end('end1'),
        flow('start -> sub -> end'),
        flow('caught -> end1'),
      ),
    )
    await player.createWithResult(failing)()
    const bare = player.own('bareEnd')
    await player.deploy(model(bare, start(), bpmn.errorEnd('bang', 'E'), flow('start -> bang')))
    await player.createWithResult(bare, {}, { requestTimeout: '500' })()
    const waits = player.own('waits')
    await player.deploy(model(waits, start(), serviceTask('work', waits), end(), flow('start -> work -> end')))
    const instance = await player.create(waits)
    const [job] = await player.jobs(waits)
    await player.call('cancelProcessInstanceSync', { processInstanceKey: instance })
    await player.call('cancelProcessInstanceSync', { processInstanceKey: instance })
    await player.complete(job)
    await player.call('setVariablesSync', { elementInstanceKey: instance, variables: '{}', local: false })
  },
}
