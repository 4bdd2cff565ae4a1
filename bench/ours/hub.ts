import { startInstallation } from '../../src/cli/installation.ts'
import { defaultSettings, type Handler, type HandlerSet } from '../../src/events/handlers/handler.ts'
import type { Happening } from '../../src/hub/happening.ts'
import type { Hub } from '../../src/hub/hub.ts'
import { runApart } from '../apart.ts'
import { table } from '../records.ts'
import type { DispatchTask, Sent } from './dispatcher.ts'
import { type Latency, latencyOf } from './latency.ts'

export interface HubTask {
  readonly folder: string
  readonly size: number
  readonly rate: number
  readonly seconds: number
}

export interface HubResult {
  /** From a dispatch's being due to its commit's being durable. */
  readonly committed: Latency
  /** To its message's being taken by the engine. */
  readonly taken: Latency
  /** Messages taken a second. */
  readonly rate: number
}

/** A hub with the embedded engine on one folder; the dispatches come from another process over HTTP. */
export async function measure({ folder, size, rate, seconds }: HubTask): Promise<HubResult> {
  const log = (message: string) => void process.stderr.write(`${message}\n`)
  const options = { folder, port: 0, enginePort: 0, repository: 'octo/shop', handlers, log }
  const installation = await startInstallation(options)
  try {
    await installation.hub.indexed()
    const warmUp = { rate: Math.min(rate, slow), seconds: 6 }
    return await runLoad(installation.hub, { size, rate, seconds: uncounted + seconds, warmUp })
  } finally {
    await installation.stop()
  }
}

/** Events a second before the load itself: what comes faster while all is being compiled waits in a queue that takes seconds to go. */
const slow = 500

/** Seconds of the load that are not counted: V8 compiles all that runs once an event after some 9,000 of them, which takes half a second of the cores. */
const uncounted = 8

type Load = Omit<DispatchTask, 'address' | 'token'>

async function runLoad(hub: Hub, load: Load): Promise<HubResult> {
  const { address, token } = hub
  const seen = watch(hub)
  const task: DispatchTask = { ...load, address, token }
  const sending = runApart<Sent>(new URL('./dispatcher.ts', import.meta.url), task, { limit: patience })
  const sent = [...(await Promise.race([sending, seen.trouble]))]
  await Promise.race([seen.allTaken(sent.map(([id]) => id)), seen.trouble])
  const { committed, taken } = seen
  const counted = sent.slice(load.rate * uncounted)
  const since = (times: ReadonlyMap<string, number>) => counted.map(([id, due]) => times.get(id)! - due)
  const ends = counted.map(([id]) => taken.get(id)!)
  const lasted = Math.max(...ends) - counted[0]![1]
  return { committed: latencyOf(since(committed)), taken: latencyOf(since(taken)), rate: (ends.length * 1000) / lasted }
}

/** Milliseconds. */
const patience = 120_000

interface Seen {
  /** When each event was committed. */
  readonly committed: ReadonlyMap<string, number>
  /** When its message was taken. */
  readonly taken: ReadonlyMap<string, number>
  /** Resolves once the messages of all of these were taken. */
  allTaken(ids: readonly string[]): Promise<void>
  /** Rejects where one will not be. */
  readonly trouble: Promise<never>
}

function watch(hub: Hub): Seen {
  const committed = new Map<string, number>()
  const taken = new Map<string, number>()
  const trouble = Promise.withResolvers<never>()
  let onTaken: (id: string) => void = () => {}
  hub.on((happening) => {
    const problem = problemOf(happening)
    if (problem) trouble.reject(new Error(problem))
    if (happening.type === 'committed') committed.set(happening.event.id, now())
    if (happening.type !== 'message-taken') return
    taken.set(happening.event.id, now())
    onTaken(happening.event.id)
  })
  const allTaken = async (ids: readonly string[]) => {
    const left = new Set(ids.filter((id) => !taken.has(id)))
    if (left.size === 0) return
    const { promise, resolve } = Promise.withResolvers<void>()
    onTaken = (id) => {
      left.delete(id)
      if (left.size === 0) resolve()
    }
    const timer = setTimeout(() => trouble.reject(new Error(`${left.size} messages were not taken`)), patience)
    await promise.finally(() => clearTimeout(timer))
  }
  return { committed, taken, trouble: trouble.promise, allTaken }
}

function problemOf(happening: Happening): string | undefined {
  if (happening.type === 'refused' || happening.type === 'failed') return happening.error.message
  if (happening.type === 'delayed' || happening.type === 'message-dead') return happening.reason
  return undefined
}

/** Milliseconds since 1970, with their fractions: the same clock in each process of a machine. */
function now(): number {
  return performance.timeOrigin + performance.now()
}

/** Puts the record, and owes a message that nobody waits for yet. */
const restock: Handler = async (event, tx) => {
  const stock = await tx.upsert(table, event.data.record)
  tx.publish({ name: 'RESTOCKED', correlationKey: stock._id, variables: { stock }, timeToLive: 30_000 })
  return stock
}

const handlers: HandlerSet = {
  path: 'bench',
  id: '0'.repeat(40),
  handlers: new Map([['restock', { run: restock, settings: defaultSettings }]]),
}
