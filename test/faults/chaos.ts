import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { messageOf } from '../../src/errors.ts'
import { defaultSource } from '../../src/events/dispatch.ts'
import { seeded } from '../../src/git/testing/seeded.ts'
import type { Step } from '../../src/step.ts'
import { type ActionRuns, openActionRuns } from './actionRuns.ts'
import { type BrokenHub, type Ended, type Fault, startBrokenHub, type Where } from './brokenProcess.ts'
import { Clients } from './clients.ts'
import { type Findings, findingsIn } from './findings.ts'
import { walking } from './ledger.ts'
import { Person } from './person.ts'
import { type Folders, prepare } from './prepare.ts'
import { allSteps, type Occasion, occasions } from './steps.ts'
import { actionRepository, repository } from './walk.ts'

export interface ChaosOptions {
  /** An empty folder. */
  readonly folder: string
  /** Which steps, in which order, how often each is let pass, when else the process is killed, and what is sent. */
  readonly seed: number
  /** Ends when so many writes were acknowledged and each step was come to… */
  readonly writes: number
  /** …or after so many seconds, when that takes longer… */
  readonly seconds: number
  /** …or when so many times a hub was started and ended. */
  readonly rounds?: number
  /** Ends processes at these alone. */
  readonly steps?: readonly Step[]
  /** Milliseconds in which what was begun must come to its end once nobody is killed any more. */
  readonly patience?: number
  readonly tell?: (line: string) => void
}

export interface ChaosReport {
  readonly seed: number
  readonly seconds: number
  readonly acknowledged: number
  /** Writes by runs of the Action among them. */
  readonly byAction: number
  readonly walks: number
  /** How often a process was ended at each step. */
  readonly reached: ReadonlyMap<Step, number>
  /** Ends by SIGKILL at a moment that no step names. */
  readonly random: number
  readonly stops: number
  /** Everything that is not as it was promised; nothing where all is. */
  readonly findings: readonly string[]
}

/** Breaks a hub, its engine and the Action again and again while they are at work, and then looks at what is left. */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const chaos = new Chaos(options, await prepare(options.folder))
  return await chaos.run()
}

class Chaos {
  readonly #options: ChaosOptions
  readonly #folders: Folders
  readonly #random: () => number
  readonly #clients: Clients
  readonly #runners: Clients
  readonly #person: Person
  readonly #started = performance.now()
  readonly #findings: string[] = []
  #queue: Step[] = []
  #actions!: ActionRuns
  #killed = 0
  #stops = 0

  constructor(options: ChaosOptions, folders: Folders) {
    this.#options = options
    this.#folders = folders
    this.#random = seeded(options.seed)
    this.#clients = new Clients('e', seeded(options.seed + 1))
    this.#runners = new Clients('a', seeded(options.seed + 2))
    this.#person = new Person(folders.work)
  }

  async run(): Promise<ChaosReport> {
    const { seed, tell = () => {} } = this.#options
    await this.#begin()
    this.#actions = await openActionRuns(this.#folders, this.#runners)
    const { rounds = Number.POSITIVE_INFINITY } = this.#options
    for (let round = 1; round <= rounds && !(await this.#isOver()); round++) {
      const fault = await this.#nextFault()
      const words = await this.#round(fault)
      tell(`${String(round).padStart(4)}  ${this.#acknowledged} acknowledged  ${words}`)
      if (this.#findings.length > 0) break
    }
    await this.#settle()
    await this.#judge()
    const isWalk = ({ type }: { type: string }) => type === 'ask'
    const asked = [this.#clients, this.#runners].flatMap(({ acknowledged }) =>
      [...acknowledged.values()].filter(isWalk),
    )
    return {
      seed,
      seconds: this.#seconds,
      acknowledged: this.#acknowledged,
      byAction: this.#runners.acknowledged.size,
      walks: asked.length,
      reached: await this.#reached(),
      random: this.#killed,
      stops: this.#stops,
      findings: this.#findings,
    }
  }

  /** A start and a stop with nothing in between: from then on Node has all of the code at hand. */
  async #begin(): Promise<void> {
    const hub = startBrokenHub(this.#folders)
    await hub.started
    await this.#end(hub, 'stop')
  }

  get #acknowledged(): number {
    return this.#clients.acknowledged.size + this.#runners.acknowledged.size
  }

  get #seconds(): number {
    return (performance.now() - this.#started) / 1_000
  }

  get #steps(): readonly Step[] {
    return this.#options.steps ?? allSteps
  }

  async #isOver(): Promise<boolean> {
    if (this.#seconds >= this.#options.seconds) return true
    if (this.#acknowledged < this.#options.writes) return false
    const reached = await this.#reached()
    return this.#steps.every((step) => reached.has(step))
  }

  /** Each step once, in an order of the seed's, and then again; between them nothing but a kill at some moment. */
  async #nextFault(): Promise<Fault | undefined> {
    if (this.#queue.length === 0) {
      const reached = await this.#reached()
      const missing = this.#steps.filter((step) => !reached.has(step))
      this.#queue = shuffled(missing.length > 0 ? missing : this.#steps, this.#random)
    }
    if (this.#options.steps === undefined && this.#random() < 0.15) return undefined
    const step = this.#queue.pop()!
    const [occasion, most] = occasions[step]
    // Packs become many only with time.
    if (occasion === 'packs' && this.#stops + this.#killed < 8 && this.#random() < 0.7) this.#queue.unshift(step)
    return { step, times: 1 + Math.floor(this.#random() ** 2 * most) }
  }

  /** Starts a hub, has it work, and ends it. Gives what happened, in words. */
  async #round(fault: Fault | undefined): Promise<string> {
    const occasion = fault && occasions[fault.step][0]
    const isAction = occasion === 'action'
    const hub = startBrokenHub(this.#folders, isAction ? undefined : fault)
    const where = await hub.started
    if (where)
      await Promise.all([this.#work(where, hub, occasion), this.#runAction(where, isAction ? fault : undefined)])
    const how = await this.#end(hub, occasion)
    return `${fault ? `${fault.step}#${fault.times}` : 'at some moment'}: ${how}`
  }

  async #work(where: Where, hub: BrokenHub, occasion: Occasion | undefined): Promise<void> {
    const writes = 60 + Math.floor(this.#random() * 240)
    const isKilled = occasion === undefined && this.#random() < 0.7
    const isPushed = occasion === 'push' || this.#random() < 0.2
    const sent = this.#clients.send(where, writes, occasion === 'poison')
    // Where the push is what matters, nothing lands meanwhile that it would have to be on top of.
    const pushed = isPushed
      ? (occasion === 'push' ? sent : Promise.resolve()).then(() => this.#person.push(where))
      : undefined
    if (isKilled) {
      await delay(this.#random() * 600)
      await hub.kill('SIGKILL')
    }
    await Promise.all([sent, pushed])
    // What comes behind a push goes on from packs that are on the disk.
    if (isPushed) await this.#clients.send(where, writes)
  }

  /** One run, or none: it takes longer than all else. */
  async #runAction(where: Where, fault: Fault | undefined): Promise<void> {
    if (!fault && this.#random() > 0.1) return
    // One that is ended lets a new event wait, behind what the ones before it owe; another takes up what waits.
    const [waiting] = fault ? [] : this.#runners.unanswered.values()
    await this.#actions.run(
      waiting ?? this.#runners.makeSound(),
      this.#random() < 0.8 ? where.engine : undefined,
      fault,
    )
  }

  /** What has not ended by itself is asked to stop, or killed. Where it ends otherwise, that is a finding. */
  async #end(hub: BrokenHub, occasion: Occasion | undefined): Promise<string> {
    const isStopped = occasion === 'stop' || this.#random() < 0.3
    // What comes a moment after the work: a seal, a cursor, the rows of an index.
    const before = await Promise.race([hub.ended, delay(isStopped ? 0 : 300)])
    const ended = before ?? (await (isStopped ? this.#stop(hub) : hub.kill('SIGKILL')))
    if (ended.status === 0) {
      this.#stops += 1
      return 'stopped'
    }
    if (ended.signal === 'SIGKILL') {
      if (before === undefined && !isStopped) this.#killed += 1
      return before === undefined && !isStopped ? 'killed' : 'ended there'
    }
    this.#findings.push(`the hub ended with ${ended.status ?? ended.signal}: ${hub.words().slice(-2_000)}`)
    return 'ended by itself'
  }

  async #stop(hub: BrokenHub): Promise<Ended> {
    const ended = await Promise.race([hub.kill('SIGTERM'), delay(longestStop)])
    if (ended) return ended
    this.#findings.push(`the hub had not stopped after ${longestStop} ms: ${hub.words().slice(-2_000)}`)
    return await hub.kill('SIGKILL')
  }

  /** Nobody is killed any more: what was sent is acknowledged, what was begun comes to its end, and the hub stops. */
  async #settle(): Promise<void> {
    const hub = startBrokenHub(this.#folders)
    const where = await hub.started
    if (!where) return void this.#findings.push(`the hub does not start: ${hub.words().slice(-2_000)}`)
    const until = performance.now() + (this.#options.patience ?? 60_000)
    const isLate = () => performance.now() > until
    while (this.#clients.unanswered.size > 0 && !isLate()) await this.#clients.send(where, 0)
    for (const sent of this.#runners.unanswered.values()) await this.#actions.run(sent, where.engine)
    while (this.#runners.acknowledged.size > 0 && !(await this.#actions.resend(where.engine)) && !isLate())
      await delay(500)
    while ((await this.#walking(where)) && !isLate()) await delay(200)
    await this.#stop(hub)
    this.#findings.push(...[...this.#clients.refusals, ...this.#runners.refusals].map((words) => `refused: ${words}`))
    const left = this.#clients.unanswered.size + this.#runners.unanswered.size
    if (left > 0) this.#findings.push(`${left} events were never acknowledged`)
  }

  /** Whether a walk is under way, by what git shows. */
  async #walking({ folder }: Where): Promise<boolean> {
    const asked = [...this.#clients.acknowledged.values(), ...this.#runners.acknowledged.values()]
    return await walking(folder, asked.filter(({ type }) => type === 'ask' || type === 'make').length)
  }

  /** A repository that cannot even be read has lost something. */
  async #judge(): Promise<void> {
    try {
      for (const [what, found] of Object.entries<readonly string[]>({ ...(await this.#look()) }))
        this.#findings.push(...found.map((each) => `${what}: ${each}`))
    } catch (error) {
      this.#findings.push(`lost: ${messageOf(error)}`)
    }
  }

  async #look(): Promise<Findings> {
    const hub = {
      folder: join(this.#folders.data, 'repository.git'),
      events: this.#clients.acknowledged,
      source: defaultSource(repository),
      isWalked: true,
      unknown: this.#clients.unknown,
      walks: [...this.#runners.acknowledged.values()].filter(({ type }) => type === 'ask').map(({ id }) => id),
      pushed: this.#person.pushed,
      consumer: 'hub',
    }
    const remote = {
      folder: join(this.#folders.remotes, `${actionRepository}.git`),
      events: this.#runners.acknowledged,
      source: defaultSource(actionRepository),
      isWalked: false,
      consumer: 'action',
    }
    const found = [await findingsIn(hub), ...(this.#runners.acknowledged.size > 0 ? [await findingsIn(remote)] : [])]
    return Object.fromEntries(
      Object.keys(found[0]!).map((key) => [key, found.flatMap((each: Findings) => each[key as keyof Findings])]),
    ) as unknown as Findings
  }

  async #reached(): Promise<Map<Step, number>> {
    const text = await readFile(this.#folders.log, 'utf8').catch(() => '')
    const counts = new Map<Step, number>()
    for (const step of text.split('\n').filter(Boolean) as Step[]) counts.set(step, (counts.get(step) ?? 0) + 1)
    return counts
  }
}

/** Milliseconds in which a hub must have finished what it accepted. */
const longestStop = 30_000

function shuffled<T>(values: readonly T[], random: () => number): T[] {
  return values
    .map((value) => ({ value, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ value }) => value)
}
