import { setTimeout as delay } from 'node:timers/promises'
import { CommitbaseError, messageOf } from '../../src/errors.ts'
import type { Engine } from '../../src/zeebe/connect.ts'
import { createInstance, createInstanceWithResult } from '../../src/zeebe/createInstance.ts'
import { type Incident, listIncidents } from '../../src/zeebe/listIncidents.ts'
import { resolveIncident } from '../../src/zeebe/resolveIncident.ts'
import { lateAnswer, order, type Product, restock, sampleProducts, type Way } from './orders.ts'

/** Everything the run needs: an engine with the shop's models and workers, and a database behind a dispatch endpoint. */
export interface ShopRun {
  readonly engine: Engine
  /** It tells its incidents, so that the run can play the operator. */
  readonly listsIncidents: boolean
  /** owner/name. */
  readonly repo: string
  /** Tells this run's orders from those of another. */
  readonly run: string
  /** Fires a `repository_dispatch`. */
  readonly dispatch: (eventType: string, payload: Record<string, unknown>) => Promise<void>
  /** Records as they are committed now, all at one moment; nothing in the place of one that is not there. */
  readonly readRecords: (
    table: string,
    ids: readonly string[],
  ) => Promise<(Readonly<Record<string, unknown>> | undefined)[]>
  /** Resolves when *Raise incident* has raised one for the order. */
  readonly incidentRaised: (orderId: string) => Promise<void>
  /** Resolves when all that the shop has caused so far has been told. */
  readonly settled: () => Promise<void>
  readonly announce: (text: string) => void
  readonly note: (text: string) => void
  readonly outcome: (text: string, ok: boolean, milliseconds: number) => void
  /** Milliseconds that one instance may take. */
  readonly patience: number
  /** Milliseconds between two looks at what can only be seen by looking. */
  readonly pause: number
  readonly signal: AbortSignal
}

/** Restocks ten products one after the other and a hundred in parallel, then takes an order for each way an order can go. True when all of it came true. */
export async function runShop(shop: ShopRun): Promise<boolean> {
  const steps = [
    () => restockProducts(shop, sampleProducts(10), false),
    () => restockProducts(shop, sampleProducts(100, 11), true),
    () => takeOrder(shop, 'fulfilled', 'An order that is fulfilled', 'fulfilled'),
    () => takeOrder(shop, 'no stock', 'An order for what nobody ever stocked', 'not fulfilled: no stock'),
    () => takeDeclinedOrder(shop),
    () => takeLateOrder(shop),
    () => takeOrder(shop, 'grpc', 'An order with gRPC workers', 'fulfilled'),
  ]
  let allTrue = true
  for (const step of steps) {
    if (shop.signal.aborted) return false
    allTrue = (await step()) && allTrue
  }
  return allTrue
}

function restockProducts(shop: ShopRun, products: Product[], parallel: boolean): Promise<boolean> {
  const how = parallel ? 'all at once' : 'one after the other'
  return step(shop, `Restock ${products.length} products, ${how}`, async () => {
    const wish = {
      _id: `${shop.run}-restock-${parallel ? 'parallel' : 'sequential'}`,
      repo: shop.repo,
      products,
      stockLevel: 10,
      parallel,
    }
    await createInstanceWithResult(shop.engine, { ...startOf(restock(wish)), requestTimeout: shop.patience })
    const stocks = await shop.readRecords(
      'stock',
      products.map(({ _id }) => _id),
    )
    const levels = stocks.map((stock) => stock?.stock_level)
    expect(
      levels.every((level) => level === 10),
      `the stock levels are ${[...new Set(levels)].join(', ')} instead of 10`,
    )
    return `${products.length} products are in stock`
  })
}

function takeOrder(shop: ShopRun, way: Way, title: string, expected: string): Promise<boolean> {
  return step(shop, title, async () => {
    const start = order(way, { _id: `${shop.run}-${way.replace(' ', '-')}`, repo: shop.repo })
    const { variables } = await createInstanceWithResult(shop.engine, {
      ...startOf(start),
      requestTimeout: shop.patience,
    })
    expect(variables.outcome === expected, `the outcome is '${variables.outcome}' instead of '${expected}'`)
    return `outcome: ${variables.outcome}`
  })
}

function takeDeclinedOrder(shop: ShopRun): Promise<boolean> {
  return step(shop, 'An order whose payment is declined', async () => {
    const start = order('declined', { _id: `${shop.run}-declined`, repo: shop.repo })
    const level = async () => (await shop.readRecords('stock', [start.variables.order.product._id]))[0]?.stock_level
    const before = await level()
    const { variables } = await createInstanceWithResult(shop.engine, {
      ...startOf(start),
      requestTimeout: shop.patience,
    })
    const expected = 'not fulfilled: payment declined'
    expect(variables.outcome === expected, `the outcome is '${variables.outcome}' instead of '${expected}'`)
    const after = await level()
    expect(after === before, `the stock was ${before} before and is ${after} now`)
    return `outcome: ${variables.outcome}; the stock is back at ${after}`
  })
}

/** The carrier's answer is lost, the timer raises an incident, the answer comes after all: the order is fulfilled, and an operator closes the incident. */
function takeLateOrder(shop: ShopRun): Promise<boolean> {
  return step(shop, 'An order whose answer comes late', async () => {
    const _id = `${shop.run}-late`
    const start = startOf(order('late', { _id, repo: shop.repo, lateAfter: 'PT2S' }))
    if (!shop.listsIncidents) return takeLateOrderElsewhere(shop, _id, start)
    const ended = createInstanceWithResult(shop.engine, { ...start, requestTimeout: shop.patience })
    await Promise.race([shop.incidentRaised(_id), ended.then(endedEarly)])
    const incident = await until(shop, 'the incident', () => incidentOf(shop, _id))
    shop.note(`incident ${incident.key}: ${incident.message}`)
    await sendLateAnswer(shop, _id)
    await resolveIncident(shop.engine, incident.key)
    shop.note(`resolved as an operator does: npx commitbase incidents resolve ${incident.key}`)
    const { variables } = await ended
    expect(variables.outcome === 'fulfilled', `the outcome is '${variables.outcome}' instead of 'fulfilled'`)
    return 'outcome: fulfilled, late; the incident is resolved and the instance has ended'
  })
}

/** No call of the protocol tells an incident's key: the order is fulfilled, and its incident is left to an operator. */
async function takeLateOrderElsewhere(shop: ShopRun, _id: string, start: ReturnType<typeof startOf>): Promise<string> {
  const { processInstanceKey } = await createInstance(shop.engine, start)
  await shop.incidentRaised(_id)
  await sendLateAnswer(shop, _id)
  return `outcome: fulfilled, late; the incident of instance ${processInstanceKey} stays open until an operator resolves it (Camunda's Operate lists it)`
}

async function sendLateAnswer(shop: ShopRun, _id: string): Promise<void> {
  const { event_type, client_payload } = lateAnswer(_id)
  await shop.dispatch(event_type, client_payload)
  await until(shop, 'the order fulfilled', async () =>
    (await orderStatus(shop, _id)) === 'fulfilled' ? true : undefined,
  )
}

async function orderStatus(shop: ShopRun, _id: string): Promise<unknown> {
  return (await shop.readRecords('order', [_id]))[0]?.status
}

async function incidentOf({ engine }: ShopRun, _id: string): Promise<Incident | undefined> {
  return (await listIncidents(engine)).find(({ message }) => message.includes(`'${_id}'`))
}

function endedEarly(): never {
  throw new CommitbaseError('internal', 'the instance ended before its timer fired')
}

/** Asks until there is an answer: what it waits for is seen only by asking. */
async function until<T>(shop: ShopRun, what: string, ask: () => Promise<T | undefined>): Promise<T> {
  const last = Date.now() + shop.patience
  for (;;) {
    const answer = await ask()
    if (answer !== undefined) return answer
    if (Date.now() > last) throw new CommitbaseError('unavailable', `waited ${shop.patience / 1000} s for ${what}`)
    await delay(shop.pause, undefined, { signal: shop.signal })
  }
}

async function step(shop: ShopRun, title: string, run: () => Promise<string>): Promise<boolean> {
  shop.announce(title)
  const started = performance.now()
  try {
    const text = await run()
    const milliseconds = performance.now() - started
    await shop.settled()
    shop.outcome(text, true, milliseconds)
    return true
  } catch (error) {
    if (!shop.signal.aborted) shop.outcome(messageOf(error), false, performance.now() - started)
    return false
  }
}

function startOf<Variables extends object>({
  bpmnProcessId,
  variables,
}: {
  bpmnProcessId: string
  variables: Variables
}) {
  return { bpmnProcessId, variables: { ...variables } as Record<string, unknown> }
}

function expect(holds: boolean, otherwise: string): void {
  if (!holds) throw new CommitbaseError('internal', otherwise)
}
