import { setTimeout as delay } from 'node:timers/promises'
import { GatewayClient } from '../../src/engine/testing/gatewayClient.ts'
import type { Where } from './brokenProcess.ts'
import { repository } from './walk.ts'

/** What somebody asks for, again and again until it is acknowledged: an event, or (`make`, once alone) an instance of a process. */
export interface Sent {
  readonly id: string
  readonly type: 'count' | 'ask' | 'poison' | 'make' | 'slow' | 'late'
  readonly payload: Readonly<Record<string, string>>
}

/** How many events count on before there are other counters, of which there are so many at a time. */
const countersChange = 40
const counters = 12

/** How many requests are under way at once. */
const together = 32

/**
 * Whoever sends events to the hub, and remembers outside of it what was acknowledged. What was not is sent again under the same
 * id, and now and then what was.
 */
export class Clients {
  readonly acknowledged = new Map<string, Sent>()
  /** Sent, and never answered with 204. */
  readonly unanswered = new Map<string, Sent>()
  /** Instances that may be there or not: nobody was told. */
  readonly unknown: string[] = []
  /** What the hub must not answer: its status and words. */
  readonly refusals: string[] = []
  readonly #random: () => number
  readonly #name: string
  #made = 0

  /** `name`: what its ids begin with. */
  constructor(name: string, random: () => number) {
    this.#name = name
    this.#random = random
  }

  /** An event that the Action can bring: it has a commit, and its message is taken. */
  makeSound(): Sent {
    return this.#random() < 0.3 ? this.#make('ask') : this.#make('count')
  }

  /** Sends what waits, some that was acknowledged long ago, and new ones, until `count` were acknowledged or the hub is gone. */
  async send(where: Where, count: number, isPoisoned = false): Promise<void> {
    const known = [...this.acknowledged.values()].filter(({ type }) => type !== 'make')
    const again = Array.from({ length: Math.min(3, known.length) }, () => this.#oneOf(known))
    const waiting = [...this.unanswered.values(), ...again, ...(isPoisoned ? [this.#make('poison')] : [])]
    const gateway = new GatewayClient(where.engine)
    let left = count
    let gone = false
    const next = () => waiting.pop() ?? (left-- > 0 ? this.#any() : undefined)
    const sendOn = async () => {
      for (let sent = next(); sent && !gone; sent = next())
        gone = !(sent.type === 'make' ? await this.#create(gateway, sent) : await this.#post(where, sent))
    }
    await Promise.all(Array.from({ length: together }, sendOn))
    gateway.close()
  }

  #any(): Sent {
    const luck = this.#random()
    if (luck < 0.005) return this.#make('poison')
    if (luck < 0.02) return this.#make('make')
    if (luck < 0.03) return this.#make('late')
    return this.#make(luck < 0.07 ? 'ask' : 'count')
  }

  #make(type: Sent['type']): Sent {
    const number = ++this.#made
    const id = `${this.#name}-${number}`
    if (type !== 'count') return { id, type, payload: { _id: id, correlation_id: id } }
    const counter = `c${Math.floor(number / countersChange)}-${Math.floor(this.#random() * counters)}`
    return { id, type, payload: { counter, correlation_id: counter } }
  }

  #oneOf<T>(values: readonly T[]): T {
    return values[Math.floor(this.#random() * values.length)]!
  }

  /** Whether somebody is there to answer. */
  async #post(where: Where, sent: Sent): Promise<boolean> {
    if (!this.acknowledged.has(sent.id)) this.unanswered.set(sent.id, sent)
    const answer = await post(where, sent).catch(() => undefined)
    if (answer === undefined) return false
    if (answer.status === 204) this.#acknowledge(sent)
    else if (answer.status === 503) await delay(100)
    else this.refusals.push(`${sent.id}: ${answer.status} ${answer.words}`)
    return true
  }

  /** An instance has no id of ours: who is not answered does not ask again. */
  async #create(gateway: GatewayClient, sent: Sent): Promise<boolean> {
    const variables = JSON.stringify({ _id: sent.id })
    try {
      await gateway.call('CreateProcessInstance', { bpmnProcessId: 'made', version: -1, variables })
      this.acknowledged.set(sent.id, sent)
      return true
    } catch {
      this.unknown.push(sent.id)
      return false
    }
  }

  #acknowledge(sent: Sent): void {
    this.unanswered.delete(sent.id)
    this.acknowledged.set(sent.id, sent)
  }
}

export interface Answer {
  readonly status: number
  readonly words: string
  /** The header, in seconds. */
  readonly retryAfter: string | null
}

/** Sends an event once. Rejects where nobody answers. */
export async function post(where: Where, { id, type, payload }: Sent, headers = {}): Promise<Answer> {
  const response = await fetch(`${where.address}/repos/${repository}/dispatches`, {
    method: 'POST',
    headers: { authorization: `Bearer ${where.token}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ event_type: type, client_payload: { event_id: id, ...payload } }),
    signal: AbortSignal.timeout(30_000),
  })
  const retryAfter = response.headers.get('retry-after')
  return { status: response.status, words: await response.text(), retryAfter }
}
