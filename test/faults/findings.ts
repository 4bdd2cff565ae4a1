import { eventKey } from '../../src/database/receipts/eventKey.ts'
import type { Sent } from './clients.ts'
import { type Ledger, readLedger, unsound } from './ledger.ts'

/** What is wrong, by what was promised. */
export interface Findings {
  readonly lost: string[]
  readonly doubled: string[]
  /** Receipts that are missing, or are there twice, or say what is not so. */
  readonly receipts: string[]
  /** Sums that are not what the events add up to. */
  readonly sums: string[]
  readonly walks: string[]
  readonly letters: string[]
  readonly fsck: string[]
}

/** What was promised of a repository. */
export interface Promised {
  readonly folder: string
  /** Events by id: each has one commit, one receipt, and did what it does once. */
  readonly events: ReadonlyMap<string, Sent>
  readonly source: string
  /** Walks that others began: only their way is here. */
  readonly walks?: readonly string[]
  /** Instances that may be there or not. */
  readonly unknown?: readonly string[]
  /** Whether walks go their way in this repository. */
  readonly isWalked: boolean
  /** Subjects of commits that people pushed, and that were taken. */
  readonly pushed?: readonly string[]
  /** Whose cursor must have come to the end. */
  readonly consumer: string
}

/** Everything that a repository does not keep of what was promised. */
export async function findingsIn(promised: Promised): Promise<Findings> {
  const ledger = await readLedger(promised.folder)
  const fsck = await unsound(promised.folder)
  return {
    lost: lost(ledger, promised),
    doubled: doubled(ledger),
    receipts: [...receipts(ledger), ...(await cursor(ledger, promised))],
    sums: sums(ledger),
    walks: promised.isWalked ? walks(ledger, promised) : [],
    letters: letters(ledger, promised),
    fsck: fsck === '' ? [] : [fsck],
  }
}

function lost({ commits, byKey }: Ledger, { events, source, pushed = [] }: Promised): string[] {
  const found = new Map(commits.map((commit) => [commit.event, commit]))
  const subjects = new Set(commits.map(({ subject }) => subject))
  const receiptsByEvent = new Map([...byKey.values()].map((receipt) => [receipt.event.id, receipt]))
  const missing: string[] = []
  for (const { id, type } of events.values()) {
    if (type === 'make') continue
    const receipt = receiptsByEvent.get(id)
    if (!receipt) missing.push(`${type} ${id} of ${source} was acknowledged and has no receipt`)
    else if (receipt.status !== 'done') missing.push(`${type} ${id} is ${receipt.status}`)
    else if (!found.has(id)) missing.push(`${type} ${id} was acknowledged and has no commit`)
  }
  return [...missing, ...pushed.filter((subject) => !subjects.has(subject)).map((subject) => `the push '${subject}'`)]
}

function doubled({ commits }: Ledger): string[] {
  const groups = Map.groupBy(commits, ({ event, subject }) => event || subject)
  return [...groups]
    .filter(([, group]) => group.length > 1)
    .map(([what, { length }]) => `${what} has ${length} commits`)
}

/** Each receipt lies under its event's key and at its place, each place is taken once, and each commit of an event has its receipt. */
function receipts({ commits, byKey, inOrder }: Ledger): string[] {
  const problems: string[] = []
  const places = new Set<number>()
  const committed = new Map(commits.map(({ event, oid }) => [event, oid]))
  const events = new Set<string>()
  for (const [path, { seq, event, commit }] of byKey) {
    if (events.has(event.id)) problems.push(`${event.id} has two receipts`)
    events.add(event.id)
    if (places.has(seq)) problems.push(`two receipts have the place ${seq}`)
    places.add(seq)
    if (inOrder.get(seq)?.event.id !== event.id) problems.push(`${path} is not at its place ${seq}`)
    if (commit !== undefined && committed.get(event.id) !== commit)
      problems.push(`${event.id}: ${commit} is not its commit`)
  }
  for (const seq of inOrder.keys()) if (!places.has(seq)) problems.push(`nothing has the place ${seq} by its key`)
  for (const { event } of commits)
    if (event && !events.has(event)) problems.push(`${event} has a commit and no receipt`)
  return problems
}

async function cursor({ inOrder, cursor }: Ledger, { consumer }: Promised): Promise<string[]> {
  const last = [...inOrder].filter(([, { messages }]) => messages.length > 0).map(([seq]) => seq)
  const [owed, sent] = [Math.max(0, ...last), await cursor(consumer)]
  return sent >= owed ? [] : [`the cursor is at ${sent}, and messages up to ${owed} were owed`]
}

function sums({ commits, records }: Ledger): string[] {
  const counted = commits.filter(({ type }) => type === 'count').length
  const counters = [...(records.get('counter') ?? new Map()).values()]
  const sum = counters.reduce((sum, { n }) => sum + (n as number), 0)
  const names = new Set(counters.map(({ name }) => name))
  return [
    ...(sum === counted ? [] : [`${counted} events counted to ${sum}`]),
    ...(names.size === counters.length ? [] : [`${counters.length} counters have ${names.size} names`]),
  ]
}

function walks({ records, engine }: Ledger, { events, walks = [], unknown = [] }: Promised): string[] {
  const kept = records.get('walk') ?? new Map()
  const problems: string[] = []
  const expect = (id: string, steps: readonly string[]) => {
    const walk = kept.get(id) ?? {}
    for (const step of steps) if (walk[step] !== 1) problems.push(`walk ${id} ${step} ${walk[step] ?? 0} times`)
  }
  for (const { id, type } of events.values()) {
    if (type === 'ask') expect(id, ['asked', 'walked', 'ended'])
    if (type === 'make') expect(id, ['made'])
  }
  for (const id of unknown) if (kept.has(id)) expect(id, ['made'])
  for (const id of walks) expect(id, ['walked', 'ended'])
  const instances = engine.filter((path) => path.startsWith('instances/'))
  return [...problems, ...instances.map((path) => `${path} has not ended`)]
}

function letters({ dead }: Ledger, { events, source }: Promised): string[] {
  const poison = [...events.values()]
    .filter(({ type }) => type === 'poison')
    .map(({ id }) => `${eventKey(source, id)}-0`)
  const found = new Set(dead)
  const wanted = new Set(poison)
  return [
    ...poison.filter((id) => !found.has(id)).map((id) => `the message ${id} is not among the dead letters`),
    ...dead.filter((id) => !wanted.has(id)).map((id) => `the message ${id} was given up`),
  ]
}
