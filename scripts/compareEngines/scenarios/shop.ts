import { readdirSync, readFileSync } from 'node:fs'
import type { Job, Player, Scenario } from '../player.ts'

export const shop: Record<string, Scenario> = {
  'the shop: all of its models deploy': async (player) => {
    for (const file of readdirSync(new URL('../../../bpmn/', import.meta.url))) {
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
  return readFileSync(new URL(`../../../bpmn/${name}.bpmn`, import.meta.url), 'utf8')
    .replaceAll(`"${name}"`, `"${player.own(name)}"`)
    .replaceAll(/(taskDefinition type=")([^"]*)"/g, (_, head, type) => `${head}${player.own(type)}"`)
}
