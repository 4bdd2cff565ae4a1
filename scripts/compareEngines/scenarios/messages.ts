import * as bpmn from '../../../src/engine/testing/bpmn.ts'
import type { Scenario } from '../player.ts'

const { end, flow, model, serviceTask, start } = bpmn

export const messages: Record<string, Scenario> = {
  'messages wait for instances, and instances for messages': async (player) => {
    const id = player.own('waiting')
    await player.deploy(
      model(
        id,
        start(),
        bpmn.messageCatch('m1', id, '=key'),
        bpmn.receiveTask('m2', id, '=key', { outputs: { last: '=v' } }),
        end(),
        flow('start -> m1 -> m2 -> end'),
      ),
    )
    const key = player.own('k')
    await player.publish(id, key, { v: 1 }, { messageId: 'a' })
    await player.publish(id, key, { v: 1 }, { messageId: 'a' })
    await player.publish(id, key, { v: 9 }, { timeToLive: '0' })
    await player.publish(id, key, { v: 2 })
    const first = player.createWithResult(id, { key })
    await player.publish(id, key, { v: 3 })
    await first()
    await player.publish(id, '17', { v: 4 })
    const number = player.createWithResult(id, { key: 17 }, { requestTimeout: '800' })
    await number()
    await player.publish(id, '17', { v: 5 })
    const second = player.createWithResult(id, { key })
    await player.publish(id, key, { v: 6 })
    await second()
  },

  'a key that is no key is an incident': async (player) => {
    const id = player.own('keyless')
    await player.deploy(
      model(
        id,
        start(),
        serviceTask('work', id),
        bpmn.messageCatch('m', id, '=key'),
        end(),
        flow('start -> work -> m -> end'),
      ),
    )
    const result = player.createWithResult(id, {})
    const [job] = await player.jobs(id)
    await player.complete(job)
    await player.call('setVariablesSync', {
      elementInstanceKey: job!.processInstanceKey,
      variables: '{"key":"k"}',
      local: false,
    })
    await player.resolveIncidentAfter(job!)
    await player.publish(id, 'k', { done: true })
    await result()
  },

  'a message starts one instance a key': async (player) => {
    const id = player.own('started')
    await player.deploy(
      model(id, bpmn.messageStart('go', id), serviceTask('work', id), end(), flow('go -> work -> end')),
    )
    await player.publish(id, 'k', { n: 1 })
    await player.publish(id, 'k', { n: 2 })
    await player.publish(id, '', { n: 3 })
    await player.publish(id, '', { n: 4 })
    for (const job of await player.jobs(id, 3)) await player.complete(job)
    for (const job of await player.jobs(id, 1)) await player.complete(job)
    await player.create(id)
  },

  'a message interrupts a subprocess, another does not': async (player) => {
    const id = player.own('boundaries')
    await player.deploy(
      model(
        id,
        start(),
        bpmn.subProcess('sub', {}, start('s'), serviceTask('work', id), end('e'), flow('s -> work -> e')),
        bpmn.messageBoundary('ping', 'sub', `${id}_ping`, '=key', { interrupting: false, outputs: { pings: '=n' } }),
        bpmn.messageBoundary('stop', 'sub', `${id}_stop`, '=key'),
        serviceTask('pinged', `${id}_pinged`),
        end(),
        end('end1'),
        end('end2'),
        flow('start -> sub -> end'),
        flow('ping -> pinged -> end1'),
        flow('stop -> end2'),
      ),
    )
    const result = player.createWithResult(id, { key: 'k', pings: 0 })
    const [job] = await player.jobs(id)
    await player.publish(`${id}_ping`, 'k', { n: 1 })
    await player.publish(`${id}_ping`, 'k', { n: 2 })
    for (const pinged of await player.jobs(`${id}_pinged`, 2)) await player.complete(pinged)
    await player.publish(`${id}_stop`, 'k', { why: 'enough' })
    await player.complete(job)
    await result()
  },

  'messages: one message, two processes, two instances': async (player) => {
    const [one, two] = [player.own('one'), player.own('two')]
    const name = player.own('both')
    for (const id of [one, two]) {
      await player.deploy(
        model(
          id,
          start(),
          bpmn.messageCatch('m', name, '=key'),
          serviceTask('work', id),
          end(),
          flow('start -> m -> work -> end'),
        ),
      )
    }
    for (const id of [one, one, two]) await player.create(id, { key: 'k' })
    await player.publish(name, 'k', { v: 1 }, { timeToLive: '0' })
    for (const id of [one, two]) await player.jobs(id, 2, { requestTimeout: '400' })
    await player.publish(name, 'k', { v: 2 })
    await player.jobs(one, 1, { requestTimeout: '400' })
    await player.create(two, { key: 'k' })
    await player.jobs(two, 1, { requestTimeout: '400' })
    await player.create(one, { key: 'k' })
    await player.jobs(one, 1, { requestTimeout: '400' })
  },

  'messages: a buffered one meets a boundary event': async (player) => {
    const id = player.own('early')
    await player.deploy(
      model(
        id,
        start(),
        serviceTask('first', `${id}_first`),
        serviceTask('work', id),
        bpmn.messageBoundary('m', 'work', id, '=key'),
        end(),
        end('end2'),
        flow('start -> first -> work -> end'),
        flow('m -> end2'),
      ),
    )
    const result = player.createWithResult(id, { key: 'k' })
    const [first] = await player.jobs(`${id}_first`)
    await player.publish(id, 'k', { early: true })
    await player.complete(first)
    await result()
    await player.jobs(id, 1, { requestTimeout: '-1' })
  },

  'messages: a new version takes over the start, and a key stays taken': async (player) => {
    const id = player.own('moving')
    const name = player.own('startMe')
    const version = (type: string) =>
      model(
        id,
        bpmn.messageStart('go', name, { outputs: { from: '=n' } }),
        serviceTask('work', type),
        end(),
        flow('go -> work -> end'),
      )
    await player.deploy(version(`${id}_a`))
    await player.publish(name, 'k', { n: 1 })
    await player.deploy(version(`${id}_b`))
    await player.publish(name, 'k', { n: 2 })
    await player.publish(name, 'other', { n: 3 })
    const [a] = await player.jobs(`${id}_a`)
    for (const job of await player.jobs(`${id}_b`, 1, { requestTimeout: '400' })) await player.complete(job)
    await player.complete(a)
    for (const job of await player.jobs(`${id}_b`, 1)) await player.complete(job)
  },

  'messages: what is cancelled leaves its message to others': async (player) => {
    const id = player.own('leaves')
    await player.deploy(
      model(
        id,
        start(),
        bpmn.receiveTask('m', id, '=key'),
        bpmn.timerBoundary('t', 'm', { duration: '=wait' }),
        serviceTask('late', id),
        end(),
        end('end2'),
        flow('start -> m -> end'),
        flow('t -> late -> end2'),
      ),
    )
    const first = await player.create(id, { key: 'k', wait: 'PT60S' })
    await player.call('cancelProcessInstanceSync', { processInstanceKey: first })
    const timed = player.createWithResult(id, { key: 'k', wait: 'PT0.2S' })
    for (const job of await player.jobs(id)) await player.complete(job)
    await timed()
    await player.publish(id, 'k', { v: 1 })
    await player.createWithResult(id, { key: 'k', wait: 'PT60S' })()
  },
}
