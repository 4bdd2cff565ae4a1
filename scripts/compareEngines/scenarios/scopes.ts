import * as bpmn from '../../../src/engine/testing/bpmn.ts'
import type { Scenario } from '../player.ts'

const { end, flow, model, serviceTask, start } = bpmn

export const scopes: Record<string, Scenario> = {
  'scopes: nested subprocesses, mapped in and out': async (player) => {
    const id = player.own('nested')
    const inner = bpmn.subProcess(
      'inner',
      { inputs: { i: '=o + 1' }, outputs: { fromInner: '=made' } },
      start('s2'),
      serviceTask('work', id),
      end('e2'),
      flow('s2 -> work -> e2'),
    )
    const outer = bpmn.subProcess(
      'outer',
      { inputs: { o: '=a + 1' } },
      start('s1'),
      inner,
      serviceTask('after', `${id}_after`),
      end('e1'),
      flow('s1 -> inner -> after -> e1'),
    )
    await player.deploy(model(id, start(), outer, end(), flow('start -> outer -> end')))
    const result = player.createWithResult(id, { a: 1 })
    const [job] = await player.jobs(id)
    await player.complete(job, { made: 9, a: 5, i: 7, o: 8 })
    const [after] = await player.jobs(`${id}_after`)
    await player.complete(after, { o: 10, extra: 1 })
    await result()
  },

  'scopes: an error goes up until it is caught': async (player) => {
    const id = player.own('up')
    const inner = bpmn.subProcess(
      'inner',
      {},
      start('s2'),
      serviceTask('work', id),
      end('e2'),
      flow('s2 -> work -> e2'),
    )
    const outer = bpmn.subProcess(
      'outer',
      { inputs: { local: '=1' } },
      start('s1'),
      bpmn.parallel('f'),
      inner,
      serviceTask('beside', `${id}_beside`),
      end('e1'),
      end('e3'),
      flow('s1 -> f -> inner -> e1'),
      flow('f -> beside -> e3'),
    )
    await player.deploy(
      model(
        id,
        start(),
        outer,
        bpmn.errorBoundary('other', 'inner', 'OTHER'),
        bpmn.errorBoundary('caught', 'outer', 'E'),
        serviceTask('handle', `${id}_handle`),
        end(),
        end('end2'),
        flow('start -> outer -> end'),
        flow('caught -> handle -> end2'),
      ).replace(/(<bpmn:boundaryEvent id="other".*?<\/bpmn:boundaryEvent>)/s, ''),
    )
    const result = player.createWithResult(id, {})
    const [beside] = await player.jobs(`${id}_beside`)
    const [job] = await player.jobs(id)
    await player.call('throwErrorSync', {
      jobKey: job!.key,
      errorCode: 'E',
      errorMessage: 'm',
      variables: '{"thrown":1}',
    })
    await player.complete(beside)
    const [handle] = await player.jobs(`${id}_handle`)
    await player.complete(handle, { handled: true })
    await result()
  },

  'scopes: multi-instance tasks, until a condition holds': async (player) => {
    for (const sequential of [true, false]) {
      const id = player.own(sequential ? 'untilRow' : 'untilOnce')
      const multi = { sequential, in: '=items', as: 'item', out: 'results', element: '=r', until: '=r = "stop"' }
      await player.deploy(
        model(
          id,
          start(),
          serviceTask('work', id, { multi, outputs: { r: '=answer' } }),
          end(),
          flow('start -> work -> end'),
        ),
      )
      const result = player.createWithResult(id, { items: ['a', 'b', 'c'] })
      for (const answer of ['go', 'stop']) {
        const [job] = await player.jobs(id, 1, { maxJobsToActivate: 1 })
        await player.complete(job, { answer })
      }
      await player.jobs(id, 1, { requestTimeout: '300' })
      await result()
    }
  },

  'scopes: multi-instances in multi-instances': async (player) => {
    const id = player.own('grid')
    const row = { in: '=rows', as: 'row', out: 'sums', element: '=cells' }
    const cell = { in: '=row', as: 'cell', out: 'cells', element: '=double', sequential: true }
    const inner = bpmn.subProcess(
      'each',
      { multi: row },
      start('s'),
      serviceTask('work', id, { multi: cell }),
      end('e'),
      flow('s -> work -> e'),
    )
    await player.deploy(model(id, start(), inner, end(), flow('start -> each -> end')))
    const result = player.createWithResult(id, { rows: [[1, 2], [3]] })
    for (let n = 0; n < 3; n += 1) {
      const [job] = await player.jobs(id, 1)
      if (job !== undefined) await player.complete(job, { double: JSON.parse(job.variables).cell * 2 })
    }
    await result()
  },

  'scopes: an error ends all of a multi-instance': async (player) => {
    const id = player.own('allof')
    await player.deploy(
      model(
        id,
        start(),
        serviceTask('work', id, { multi: { in: '=[1,2,3]', as: 'i', out: 'rs', element: '=i' } }),
        bpmn.errorBoundary('caught', 'work', 'E', { outputs: { seen: '=v' } }),
        end(),
        end('end2'),
        flow('start -> work -> end'),
        flow('caught -> end2'),
      ),
    )
    const result = player.createWithResult(id, {})
    const jobs = await player.jobs(id, 3)
    await player.complete(jobs[0])
    await player.call('throwErrorSync', { jobKey: jobs[1]!.key, errorCode: 'E', variables: '{"v":1}' })
    await player.complete(jobs[2])
    await result()
  },

  'scopes: tokens fork without a gateway, and all must end': async (player) => {
    const id = player.own('implicit')
    await player.deploy(
      model(
        id,
        start(),
        serviceTask('a', id),
        serviceTask('b', id),
        serviceTask('c', id),
        end('e1'),
        end('e2'),
        flow('start -> a -> b -> e1'),
        flow('a -> c -> e2'),
      ),
    )
    const result = player.createWithResult(id, {})
    const [a] = await player.jobs(id)
    await player.complete(a, { a: 1 })
    for (const job of await player.jobs(id, 2)) await player.complete(job, { [job.elementId]: 1 })
    await result()
  },

  'scopes: a process that never waits, and one whose terminate end ends all': async (player) => {
    const id = player.own('nowait')
    await player.deploy(
      model(
        id,
        start('start', { outputs: { s: '=a + 1' } }),
        end('end', { outputs: { e: '=s + 1' } }),
        flow('start -> end'),
      ),
    )
    await player.createWithResult(id, { a: 1 })()
    const stop = player.own('stops')
    await player.deploy(
      model(
        stop,
        start(),
        bpmn.parallel('f'),
        serviceTask('waits', stop),
        serviceTask('ends', `${stop}_ends`),
        bpmn.terminateEnd('stop'),
        end(),
        flow('start -> f -> waits -> end'),
        flow('f -> ends -> stop'),
      ),
    )
    const result = player.createWithResult(stop, {})
    const [waits] = await player.jobs(stop)
    const [ends] = await player.jobs(`${stop}_ends`)
    await player.complete(ends, { ended: 1 })
    await player.complete(waits)
    await result()
  },

  'scopes: variables set on a subprocess and its task': async (player) => {
    const id = player.own('setting')
    const sub = bpmn.subProcess(
      'sub',
      { inputs: { mine: '=1' } },
      start('s'),
      serviceTask('work', id, { inputs: { deep: '=1' } }),
      serviceTask('look', `${id}_look`),
      end('e'),
      flow('s -> work -> look -> e'),
    )
    await player.deploy(model(id, start(), sub, end(), flow('start -> sub -> end')))
    const result = player.createWithResult(id, { top: 1 })
    const [job] = await player.jobs(id)
    await player.call('setVariablesSync', {
      elementInstanceKey: job!.elementInstanceKey,
      variables: '{"deep":2,"mine":2,"top":2,"new":2}',
      local: false,
    })
    await player.complete(job, { deep: 3, mine: 3, top: 3, fromJob: 3 })
    const [look] = await player.jobs(`${id}_look`)
    await player.complete(look)
    await result()
  },
}
