import { readdirSync, readFileSync } from 'node:fs'
import * as bpmn from '../../src/engine/testing/bpmn.ts'
import type { Job, Player, Scenario } from './player.ts'

const { start, end, flow, model, serviceTask } = bpmn

/** Short processes and the shop's, each touching what its name says. They run beside each other on two engines. */
export const scenarios: Record<string, Scenario> = {
  'deployments get versions, and the same file none': async (player) => {
    const one = model(player.own('versions'), start(), serviceTask('a'), end(), flow('start -> a -> end'))
    await player.deploy(one)
    await player.deploy(one)
    await player.deploy(one.replaceAll('"a"', '"b"'))
    await player.deploy(one)
  },

  'deployments that are wrong': async (player) => {
    const id = player.own('wrong')
    await player.deploy('<a')
    await player.deploy(model(id, start(), { inside: '<bpmn:serviceTask id="t" />' }))
    await player.deploy(
      model(id, start(), bpmn.exclusive('x'), end('e1'), end('e2'), flow('start -> x -> e1'), flow('x -> e2')),
    )
    await player.deploy(model(id, start(), bpmn.messageCatch('m', 'm', ''), end(), flow('start -> m -> end')))
    await player.deploy(
      model(id, start(), bpmn.timerCatch('t', { duration: 'soon' }), end(), flow('start -> t -> end')),
    )
    await player.deploy(
      model(id, start(), serviceTask('t', 't', { inputs: { a: '=1 +' } }), end(), flow('start -> t -> end')),
    )
    await player.deploy(
      model(
        id,
        start(),
        bpmn.errorBoundary('e', 't', 'a'),
        bpmn.errorBoundary('f', 't', 'a'),
        serviceTask('t'),
        end(),
        end('g'),
        end('h'),
        flow('start -> t -> end'),
        flow('e -> g'),
        flow('f -> h'),
      ),
    )
    await player.deploy(model(id, start(), bpmn.exclusive('x'), bpmn.exclusive('y'), flow('start -> x -> y -> x')))
  },

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

  'the shop: all of its models deploy': async (player) => {
    for (const file of readdirSync(new URL('../../bpmn/', import.meta.url))) {
      if (file.endsWith('.bpmn')) await player.deploy(readModel(player, file.replace('.bpmn', '')))
    }
  },

  'the shop: an order is fulfilled': (player) => order(player, answers),
  'the shop: no stock': (player) => order(player, { ...answers, get_stock_level: { stock_level: 0 } }),
  'the shop: payment declined': (player) => order(player, { ...answers, charge_customer: { charge_succeeded: false } }),
  'the shop: an order is late, and recovers': (player) => order(player, answers, { late: true }),

  'the shop: a parallel restock': async (player) => {
    await player.deploy(readModel(player, 'restock-shop-parallel'))
    const _id = player.own('restock')
    const products = Array.from({ length: 5 }, (_, n) => ({ _id: `sku-${n}` }))
    const result = player.createWithResult(player.own('restock-shop-parallel'), {
      _id,
      products,
      stock_level: 10,
      authorization: 'Bearer {{GitHubToken}}',
      repo: 'o/r',
    })
    for (const job of (await player.jobs(player.own('CAMUNDA-HTTP'), 5)).reverse()) {
      const { client_payload } = JSON.parse(job.variables).body
      await player.publish('RESTOCKED', client_payload._id, { stock: { ...client_payload.product, stock_level: 10 } })
      await player.complete(job, { statusCode: 204 })
    }
    await result()
  },
}

/** What the shop's handlers answer, by event: the message's variables. */
const answers: Record<string, object> = {
  upsert_customer: { customer: { _id: 'c1' } },
  get_stock_level: { stock_level: 5 },
  decrement_stock: { decremented: true, stock_level: 4 },
  charge_customer: { charge_succeeded: true },
  ship_to_customer: { shipped: true },
  increment_stock: { stock_level: 5 },
}

const messages: Record<string, string> = {
  upsert_customer: 'GOT_CUSTOMER',
  get_stock_level: 'GOT_STOCK_LEVEL',
  decrement_stock: 'DECREMENTED_STOCK',
  charge_customer: 'CHARGED_CUSTOMER',
  ship_to_customer: 'SHIPPED_TO_CUSTOMER',
  increment_stock: 'INCREMENTED_STOCK',
}

/** An order through the shop's model: each dispatch is answered by its message, before or after its job is completed. */
async function order(player: Player, answered: Record<string, object>, { late = false } = {}): Promise<void> {
  await player.deploy(readModel(player, 'order-fulfilment-with-timer'))
  const _id = player.own(late ? 'late-order' : 'order')
  const product = { _id: 'sku-1', price: 3 }
  const variables = {
    _id,
    repo: 'o/r',
    authorization: 'Bearer {{GitHubToken}}',
    late_after: late ? 'PT0.5S' : 'PT300S',
    order: { _id, customer: { _id: 'c1' }, product, quantity: 1, price: 3 },
  }
  const result = player.createWithResult(player.own('order-fulfilment-with-timer'), variables)
  for (let step = 0; step < 8; step += 1) {
    const [job] = await player.jobs(player.own('CAMUNDA-HTTP'), 1, { requestTimeout: '700' })
    if (job === undefined) break
    await answer(player, job, answered, step % 2 === 0)
    if (late && step === 0) await look(player)
  }
  await result()
}

async function answer(
  player: Player,
  job: Job,
  answered: Record<string, object>,
  messageFirst: boolean,
): Promise<void> {
  const { event_type, client_payload } = JSON.parse(job.variables).body
  const publish = () =>
    player.publish(messages[event_type] ?? event_type, client_payload.correlation_id, answered[event_type] ?? {})
  if (messageFirst) await publish()
  await player.complete(job, { statusCode: 204 })
  if (!messageFirst) await publish()
}

/** The timer fired: somebody raises an incident, and an operator resolves it. */
async function look(player: Player): Promise<void> {
  const type = player.own('raise-incident')
  const [job] = await player.jobs(type)
  if (job === undefined) return
  await player.call('failJobSync', { jobKey: job.key, retries: 0, errorMessage: 'the order is late' })
  await player.call('updateJobRetriesSync', { jobKey: job.key, retries: 1 })
  await player.resolveIncidentAfter(job)
  const [again] = await player.jobs(type)
  await player.complete(again)
}

/** A model of ours with process and job types of this run's own, so that nobody else takes its jobs. */
function readModel(player: Player, name: string): string {
  return readFileSync(new URL(`../../bpmn/${name}.bpmn`, import.meta.url), 'utf8')
    .replaceAll(`"${name}"`, `"${player.own(name)}"`)
    .replaceAll(/(taskDefinition type=")([^"]*)"/g, (_, head, type) => `${head}${player.own(type)}"`)
}
