import { recordCache } from '../../src/database/tables/recordCache.ts'
import { inboxFolder } from '../../src/git/shared/inbox.ts'
import { findingsIn } from './findings.ts'
import { onMachine } from './machineTime.ts'
import { type Plan, planOf } from './plan.ts'
import { type Story, World } from './world.ts'

// Processes that each have a memory of their own know no record from one another, nor from the run before.
recordCache.get = () => undefined

/** What a run of one seed showed. */
export interface Simulated {
  readonly seed: number
  readonly findings: readonly string[]
  readonly tally: Tally
}

/** How much happened, by what it is. */
export type Tally = Readonly<Record<string, number>>

/** Runs what the seed says, and looks for what is wrong. */
export async function simulate(seed: number, tell?: (line: string) => void): Promise<Simulated> {
  return await simulatePlan(planOf(seed), tell)
}

/** The same with less in it, as long as one of the findings is of the same kind. */
export async function shrink({ seed, findings }: Simulated): Promise<Plan> {
  const kinds = new Set(findings.map(kindOf))
  const isStillFound = async (plan: Plan) => {
    const { findings } = await simulatePlan(plan)
    return findings.some((finding) => kinds.has(kindOf(finding)))
  }
  let plan = planOf(seed)
  for (let smaller: Plan | undefined = plan; smaller; ) {
    plan = smaller
    smaller = undefined
    for (const candidate of smallerThan(plan)) {
      if (!(await isStillFound(candidate))) continue
      smaller = candidate
      break
    }
  }
  return plan
}

export async function simulatePlan(plan: Plan, tell?: (line: string) => void): Promise<Simulated> {
  const { seed } = plan
  const world = new World(plan, tell)
  try {
    const story = await onMachine(world.machine, () => world.run())
    return { seed, findings: await findingsIn(story), tally: tallyOf(plan, story) }
  } catch (error) {
    return { seed, findings: [`error: ${error instanceof Error ? error.stack : error}`], tally: {} }
  }
}

/** Without one process, without one event of a process, or without one trouble. */
function* smallerThan(plan: Plan): Generator<Plan> {
  const without = (index: number) => plan.processes.filter((_, other) => other !== index)
  for (const index of plan.processes.keys()) yield { ...plan, processes: without(index) }
  for (const [index, process] of plan.processes.entries()) {
    const { diesAt: _, sleeps: __, ...healthy } = process
    const rest = (smaller: typeof process) => ({ ...plan, processes: plan.processes.with(index, smaller) })
    if (process.sends.length > 1) for (const event of process.sends) yield rest({ ...process, sends: [event] })
    if (process.diesAt !== undefined || process.sleeps) yield rest(healthy)
  }
  if (plan.absences.length > 0) yield { ...plan, absences: [] }
  const { unreachable, lostAnswer } = plan.weather
  if (unreachable > 0) yield { ...plan, weather: { ...plan.weather, unreachable: 0 } }
  if (lostAnswer > 0) yield { ...plan, weather: { ...plan.weather, lostAnswer: 0 } }
}

function kindOf(finding: string): string {
  return finding.slice(0, finding.indexOf(':'))
}

function tallyOf(plan: Plan, { sendings, pushes, engine, deaths, sleeps }: Story): Tally {
  const moved = pushes.flatMap(({ by, updates }) => updates.map(({ ref, to }) => ({ by, ref, to })))
  const entered = moved.filter(({ ref, to }) => ref.startsWith(inboxFolder) && to !== null)
  const isForeign = ({ by, ref, to }: (typeof moved)[number]) =>
    to === null && ref.startsWith(inboxFolder) && !entered.some((entry) => entry.ref === ref && entry.by === by)
  return {
    'seeds with a hub': plan.hubDeaths ? 1 : 0,
    'seeds with runs of the Action': plan.hubDeaths ? 0 : 1,
    'answers with a receipt': sendings.filter(({ applied }) => applied?.receipt).length,
    'pushes that moved something': pushes.length,
    'entries in the inbox': entered.length,
    'entries that another writer drained': moved.filter(isForeign).length,
    'messages taken': engine.asked.filter(({ answer }) => answer === 'taken').length,
    'deaths of a process': deaths,
    'processes that slept': sleeps,
  }
}
