import { setTimeout as delay } from 'node:timers/promises'
import { applyRequest, type Workplace } from '../../action/applyRequest.ts'
import { resendOwed } from '../../action/resendOwed.ts'
import { createNewId } from '../../src/database/tables/newId.ts'
import { codeOf } from '../../src/errors.ts'
import type { Applied } from '../../src/events/applyEvent.ts'
import { Engine } from './engine.ts'
import { handlersOf, requestOf } from './handlers.ts'
import { SimulatedHub } from './hub.ts'
import { Machine, type SimulatedProcess } from './machine.ts'
import { fairWeather, Network } from './network.ts'
import type { Plan, PlannedEvent, PlannedProcess } from './plan.ts'
import { type Push, Server, SimulatedRemote, shortOf } from './remote.ts'
import type { Trace } from './trace.ts'

/** An event that was sent, and what its sender was told. */
export interface Sending {
  readonly by: string
  readonly event: PlannedEvent
  /** Milliseconds. */
  readonly sent: number
  answered?: number
  applied?: Applied
  error?: unknown
}

/** What happened with a seed, for those who look for what is wrong. */
export interface Story {
  readonly sendings: readonly Sending[]
  readonly pushes: readonly (Push & { readonly at: number })[]
  readonly engine: Engine
  readonly server: Server
  /** Processes that live and got no answer. */
  readonly unanswered: readonly string[]
  /** Places of receipts that failed in a hub. */
  readonly failed: ReadonlySet<number>
  readonly deaths: number
  readonly sleeps: number
}

/** Milliseconds since 1970 when each run begins. */
export const epoch = Date.parse('2026-01-01T00:00:00.000Z')

/** Milliseconds of the virtual clock within which all have their answers. */
const patience = 30 * 60_000

/** Processes around one server and one engine. */
export class World {
  readonly machine: Machine
  readonly #plan: Plan
  readonly #trace: Trace
  readonly #network: Network
  readonly #engine: Engine
  readonly #server: Server
  readonly #sendings: Sending[] = []
  readonly #pushes: (Push & { at: number })[] = []
  readonly #failures = new Map<string, number>()
  readonly #running = new Set<SimulatedProcess>()
  #hub: SimulatedHub | undefined
  readonly #failed = new Set<number>()
  #isCalm = false
  #deaths = 0
  #sleeps = 0

  constructor(plan: Plan, tell?: (line: string) => void) {
    this.#plan = plan
    this.machine = new Machine(plan.seed)
    this.#trace = tell ? (what) => tell(this.#line(what)) : () => {}
    this.#network = new Network(this.machine, plan.weather, this.#trace)
    this.#engine = new Engine(() => this.machine.now, plan.absences)
    this.#server = new Server((push) => this.#pushed(push))
  }

  /** Runs all processes until they are quiet, then a healthy one of each kind, and gives what happened. */
  async run(): Promise<Story> {
    if (this.#plan.hubDeaths) this.#startHub(0)
    const unanswered = await this.#runAll(this.#plan.processes)
    this.#calmDown()
    for (const process of lastOnes) unanswered.push(...(await this.#runAll([process])))
    if (!(await this.#settleHub())) unanswered.push('the hub')
    return {
      sendings: this.#sendings,
      pushes: this.#pushes,
      engine: this.#engine,
      server: this.#server,
      unanswered,
      failed: this.#failed,
      deaths: this.#deaths,
      sleeps: this.#sleeps,
    }
  }

  #calmDown(): void {
    this.#isCalm = true
    this.#network.weather = fairWeather
    this.#engine.absences = []
  }

  async #runAll(planned: readonly PlannedProcess[]): Promise<string[]> {
    for (const each of planned) this.#start(each)
    await this.machine.run(() => this.#running.size === 0, patience)
    const unanswered = [...this.#running].map(({ name }) => name)
    for (const process of this.#running) process.isDead = true
    this.#running.clear()
    return unanswered
  }

  /** The hub of that number; the next one comes some time after it died. */
  #startHub(number: number): void {
    const diesAt = this.#plan.hubDeaths![number]
    const beforeStep = (process: SimulatedProcess) => {
      if (process.steps !== diesAt || this.#isCalm) return
      this.#die(process)
      this.#hub!.fail()
      this.#startHub(number + 1)
    }
    const process = { name: `hub-${number + 1}`, steps: 0, isDead: false, sleepsUntil: 0, beforeStep }
    const { repository, context, publisher } = this.#workplaceOf({ ...lastOnes[0]!, name: process.name })
    const onFailed = (seq: number) => this.#failed.add(seq)
    this.#hub = new SimulatedHub({
      machine: this.machine,
      process,
      repository,
      context,
      publisher: publisher!,
      onFailed,
    })
    this.#hub.start(number * 2_000)
  }

  async #settleHub(): Promise<boolean> {
    if (!this.#hub) return true
    let isSettled = false
    this.#hub.settle(() => {
      isSettled = true
    })
    return await this.machine.run(() => isSettled, patience)
  }

  #start(planned: PlannedProcess): void {
    const process = { name: planned.name, steps: 0, isDead: false, sleepsUntil: 0, beforeStep: this.#fateOf(planned) }
    this.#running.add(process)
    const done = () => this.#running.delete(process)
    this.machine.start(process, () => void this.#live(process, planned).then(done, done))
  }

  #fateOf({ diesAt, sleeps }: PlannedProcess) {
    if (diesAt === undefined && !sleeps) return undefined
    return (process: SimulatedProcess) => {
      if (process.steps === diesAt) {
        this.#die(process)
      } else if (process.steps === sleeps?.at) {
        this.#trace(`${process.name} sleeps for ${Math.round(sleeps.milliseconds / 1_000)} s`)
        this.#sleeps++
        process.sleepsUntil = this.machine.now + sleeps.milliseconds
      }
    }
  }

  #die(process: SimulatedProcess): void {
    this.#trace(`${process.name} dies`)
    this.#deaths++
    process.isDead = true
    this.#running.delete(process)
  }

  async #live(process: SimulatedProcess, planned: PlannedProcess): Promise<void> {
    await delay(planned.starts)
    if (this.#hub) return await this.#askHub(process, planned)
    const workplace = this.#workplaceOf(planned)
    if (planned.work === 'resend') return await this.#resend(planned, workplace)
    for (const event of planned.sends) {
      const send = async () => {
        const { applied } = await applyRequest(requestOf(event), workplace, event.kind === 'read')
        return applied
      }
      const applied = await this.#send(planned, event, send)
      if (applied?.receipt?.status !== 'failed') continue
      await delay(5_000)
      await this.#send(planned, event, send)
    }
  }

  /** A client of the hub, which asks until it has an answer. */
  async #askHub(process: SimulatedProcess, planned: PlannedProcess): Promise<void> {
    for (const event of planned.sends) {
      const request = requestOf(event)
      await this.#send(planned, event, async () => {
        for (;;) {
          try {
            return await this.#hub!.ask(process, request)
          } catch (error) {
            if (codeOf(error) !== 'unavailable') throw error
            await delay(1_000)
          }
        }
      })
    }
  }

  async #resend({ name }: PlannedProcess, workplace: Workplace): Promise<void> {
    this.#trace(`${name} sends again what is owed`)
    if (workplace.publisher) await resendOwed(workplace, workplace.publisher)
  }

  async #send(
    { name }: PlannedProcess,
    event: PlannedEvent,
    send: () => Promise<Applied>,
  ): Promise<Applied | undefined> {
    const sending: Sending = { by: name, event, sent: this.machine.now }
    this.#sendings.push(sending)
    this.#trace(`${name} sends ${event.id} (${event.kind} ${event.amount}, ${event.correlation})`)
    try {
      sending.applied = await send()
      this.#trace(`${name} is told of ${event.id}: ${wordsOf(sending.applied)}`)
    } catch (error) {
      sending.error = error
      this.#trace(`${name} is told of ${event.id}: ${error}`)
    }
    sending.answered = this.machine.now
    return sending.applied
  }

  #workplaceOf({ name, module, publishes, skew }: PlannedProcess): Workplace {
    const clock = () => epoch + this.machine.now + skew
    const random = (length: number) => Uint8Array.from({ length }, () => Math.floor(this.machine.random() * 256))
    const publish = (message: Parameters<Engine['publish']>[0]) =>
      this.#network.ask(`${name} publishes ${message.name}`, () => this.#engine.publish(message))
    return {
      repository: new SimulatedRemote(name, this.#server, this.#network),
      holder: name,
      context: {
        branch: 'refs/heads/main',
        basedir: 'db',
        handlers: handlersOf(module, this.#failures),
        clock,
        newId: createNewId({ now: clock, random }),
      },
      publisher: publishes ? { publish } : undefined,
    }
  }

  #pushed(push: Push): void {
    this.#pushes.push({ ...push, at: this.machine.now })
    this.#trace(
      `the server moves, for ${push.by}: ${push.updates.map(({ ref, to }) => `${shortOf(ref)} → ${to?.slice(0, 7) ?? 'gone'}`).join(', ')}`,
    )
  }

  #line(what: string): string {
    return `${(this.machine.now / 1_000).toFixed(3).padStart(9)} s  ${what}`
  }
}

/** They find what the others left behind. */
const lastOnes: readonly PlannedProcess[] = [
  last('last-a', 'run', 'a'),
  last('last-b', 'run', 'b'),
  last('last-resend', 'resend', 'a'),
]

function last(name: string, work: PlannedProcess['work'], module: PlannedProcess['module']): PlannedProcess {
  const event = { id: name, kind: 'add', correlation: name, amount: 1 } as const
  return { name, work, module, sends: [event], publishes: true, starts: 1_000, skew: 0 }
}

function wordsOf({ receipt, duplicate }: Applied): string {
  if (!receipt) return 'read'
  return `${receipt.status}, number ${receipt.seq}${duplicate ? ', a duplicate' : ''}`
}
