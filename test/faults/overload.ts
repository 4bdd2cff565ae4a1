import { readFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { defaultSource } from '../../src/events/dispatch.ts'
import { startBrokenHub, type Where } from './brokenProcess.ts'
import { post, type Sent } from './clients.ts'
import { findingsIn } from './findings.ts'
import { prepare } from './prepare.ts'
import { repository } from './walk.ts'

export interface OverloadReport {
  readonly seconds: number
  /** Requests in all, and those that were taken (204) and told to come back (503). */
  readonly requests: number
  readonly taken: number
  readonly refused: number
  /** Events applied a second: what it can take. */
  readonly capacity: number
  /** Milliseconds from the request to the answer 204, of all but one in a hundred; and of all. */
  readonly p99: number
  readonly longest: number
  /** MiB of memory at most. */
  readonly memory: number
  /** Milliseconds from the end of the load until nothing waited any more. */
  readonly recovery: number
  /** What was not as it was promised. */
  readonly findings: readonly string[]
}

/** How many requests are under way at once: each answer is followed by the next request at once. */
const together = 300

/** Asks a hub for much more than its handler can do. */
export async function runOverload(folder: string, seconds: number): Promise<OverloadReport> {
  const folders = await prepare(folder)
  const hub = startBrokenHub(folders)
  const where = await hub.started
  if (!where) throw new Error(`the hub does not start: ${hub.words()}`)
  const load = new Load(where)
  const started = performance.now()
  await load.run(seconds * 1_000)
  const ended = performance.now()
  await load.send('last')
  const recovery = await untilApplied(where, 'last', ended)
  const status = await hub.kill('SIGTERM')
  const promised = {
    folder: where.folder,
    events: load.taken,
    source: defaultSource(repository),
    isWalked: true,
    consumer: 'hub',
  }
  const findings = [...load.findings, ...Object.values(await findingsIn(promised)).flat()]
  if (status.status !== 0) findings.push(`the hub ended with ${status.status ?? status.signal}`)
  const times = load.times.sort((a, b) => a - b)
  return {
    seconds,
    requests: load.requests,
    taken: load.taken.size,
    refused: load.refused,
    capacity: Math.round((load.taken.size * 1_000) / (ended + recovery - started)),
    p99: Math.round(times[Math.floor(times.length * 0.99)] ?? 0),
    longest: Math.round(times.at(-1) ?? 0),
    memory: load.memory,
    recovery: Math.round(recovery),
    findings,
  }
}

class Load {
  readonly taken = new Map<string, Sent>()
  readonly times: number[] = []
  readonly findings: string[] = []
  requests = 0
  refused = 0
  memory = 0
  readonly #where: Where

  constructor(where: Where) {
    this.#where = where
  }

  async run(milliseconds: number): Promise<void> {
    const end = performance.now() + milliseconds
    const watch = setInterval(() => void this.#look(), 500)
    const sendOn = async (sender: number) => {
      for (let number = 0; performance.now() < end; number++) await this.#sendOne(`s${sender}-${number}`)
    }
    await Promise.all(Array.from({ length: together }, (_, sender) => sendOn(sender)))
    clearInterval(watch)
  }

  /** Until it is taken. */
  async send(id: string): Promise<void> {
    while (!(await this.#sendOne(id))) await delay(50)
  }

  async #sendOne(id: string): Promise<boolean> {
    const sent: Sent = { id, type: 'slow', payload: { counter: id } }
    const begun = performance.now()
    const { status, words, retryAfter } = await post(this.#where, sent)
    this.requests += 1
    if (status === 204) {
      this.times.push(performance.now() - begun)
      this.taken.set(id, sent)
      return true
    }
    if (status === 503 && Number(retryAfter) > 0) this.refused += 1
    else this.findings.push(`${id}: ${status} ${words}, to be tried again after ${retryAfter}`)
    return false
  }

  async #look(): Promise<void> {
    const status = await readFile(`/proc/${this.#where.pid}/status`, 'utf8').catch(() => '')
    const kilobytes = Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0)
    this.memory = Math.max(this.memory, Math.round(kilobytes / 1_024))
  }
}

/** Milliseconds since then until the event, which was taken last, was applied. */
async function untilApplied({ address, token }: Where, id: string, since: number): Promise<number> {
  for (;;) {
    const headers = { authorization: `Bearer ${token}` }
    const { status } = await fetch(`${address}/repos/${repository}/events/${id}?wait=30000`, { headers })
    if (status === 200) return performance.now() - since
  }
}
