import type { Receipt } from '../../src/database/receipts/receipt.ts'
import { codeOf } from '../../src/errors.ts'
import { inboxFolder } from '../../src/git/shared/inbox.ts'
import { decodeLease, leaseRef, patience } from '../../src/git/shared/lease.ts'
import { digestOf } from './handlers.ts'
import type { PlannedEvent } from './plan.ts'
import { type Remains, readRemains } from './remains.ts'
import { shortOf } from './remote.ts'
import type { Sending, Story } from './world.ts'

/** What broke a promise of DESIGN §5 and §6: nothing, unless there is a bug. Each begins with a word for what it is. */
export async function findingsIn(story: Story): Promise<string[]> {
  const remains = await readRemains(story.server.repository)
  return checks.flatMap((check) => [...check(story, remains)])
}

type Check = (story: Story, remains: Remains) => Iterable<string>

const checks: readonly Check[] = [
  everybodyIsAnswered,
  refusalsAreRight,
  acknowledgedIsKept,
  oneCommitEach,
  theSumIsExact,
  placesAreWithoutGaps,
  nothingIsRewound,
  theOrderIsKept,
  messagesAreTaken,
  cursorsWait,
  entriesEndInReceipts,
  nothingIsLeftBehind,
  theLivingKeepTheirLease,
  whatFailedIsTriedAgain,
]

function* everybodyIsAnswered({ unanswered }: Story) {
  for (const name of unanswered) yield `unanswered: ${name} lives and waits for ever`
}

/** What a sender may be told beside a receipt: that the network is bad, or that the id was taken by other content. */
function* refusalsAreRight({ sendings }: Story, { byId }: Remains) {
  for (const { by, event, error, applied } of sendings) {
    const receipt = byId.get(event.id)
    if (applied?.receipt && receipt && receipt.digest !== digestOf(event))
      yield `content: ${by} was given the receipt of other content than that of its ${event.id}`
    if (error === undefined || codeOf(error) === 'unavailable') continue
    if (codeOf(error) !== 'conflict') yield `error: ${by} got for ${event.id}: ${error}`
    else if (!sendings.some((other) => other.event.id === event.id && digestOf(other.event) !== digestOf(event)))
      yield `conflict: ${by} got one for ${event.id}, of which there is no other content`
  }
}

function* acknowledgedIsKept({ sendings }: Story, { byId }: Remains) {
  for (const { by, event, applied } of sendings) {
    const told = applied?.receipt
    if (!told) continue
    const kept = byId.get(event.id)
    if (!kept) yield `lost: ${event.id}, of which ${by} was told that it is number ${told.seq}`
    else if (told.status === 'failed' ? kept.seq < told.seq : !isSame(told, kept))
      yield `lost: ${by} was told that ${event.id} is ${told.status}, number ${told.seq}; kept is ${kept.status}, number ${kept.seq}`
  }
}

function* oneCommitEach(_: Story, { commits, byId, receipts }: Remains) {
  for (const [id, made] of Map.groupBy(commits, ({ eventId }) => eventId)) {
    if (made.length > 1) yield `doubled: ${id} has ${made.length} commits`
    if (byId.get(id)?.commit !== made[0]!.oid) yield `receipts: the commit of ${id} is not in its receipt`
  }
  const oids = new Set(commits.map(({ oid }) => oid))
  for (const { event, commit } of receipts)
    if (commit && !oids.has(commit)) yield `lost: the commit in the receipt of ${event.id}`
}

function* theSumIsExact({ sendings }: Story, { receipts, total }: Remains) {
  const added = receipts.filter(({ status, operation }) => status === 'done' && !operation)
  const sum = added.reduce((sum, receipt) => sum + contentOf(receipt, sendings).amount, 0)
  if (sum !== total) yield `sum: the counter stands at ${total}, and what was done adds up to ${sum}`
}

function* placesAreWithoutGaps({ failed }: Story, { receipts, byId, last, failedBefore }: Remains) {
  const places = new Set(receipts.map(({ seq }) => seq))
  for (let seq = 1; seq <= last; seq++)
    if (!places.has(seq) && !failedBefore.has(seq) && !failed.has(seq)) yield `order: nothing is at number ${seq}`
  for (const { event, seq } of receipts)
    if (byId.get(event.id)?.seq !== seq) yield `order: number ${seq} is not where ${event.id} is`
}

/** Whatever the branch or the receipts were once, they have in their past. */
function* nothingIsRewound({ pushes }: Story, { pasts }: Remains) {
  for (const { updates, by } of pushes)
    for (const { ref, to } of updates)
      if (pasts.get(ref)?.has(to!) === false) yield `lost: what ${by} moved ${ref} to is not in its past any more`
}

/** DESIGN §6.4: acknowledged before another of its correlation id was sent, it commits first, and its message leaves first. */
function* theOrderIsKept({ sendings, engine }: Story, { byId }: Remains) {
  const firstSent = new Map<string, number>()
  for (const { event, sent } of sendings)
    firstSent.set(event.id, Math.min(sent, firstSent.get(event.id) ?? Number.POSITIVE_INFINITY))
  for (const { event, applied, answered } of sendings) {
    const before = applied?.receipt
    if (!before || before.status === 'failed') continue
    for (const [id, sent] of firstSent) {
      const after = byId.get(id)
      if (!after || sent <= answered! || after.event.correlationid !== event.correlation) continue
      if (after.seq < before.seq) yield `order: ${id} was sent after ${event.id} was acknowledged, and came before it`
      const [sooner, later] = [before.messages.at(-1), after.messages[0]]
      if (sooner && later && firstAt(engine, later.messageId) < settledAt(engine, sooner.messageId))
        yield `order: the message of ${id} left before that of ${event.id}`
    }
  }
}

function* messagesAreTaken({ engine }: Story, { receipts, letters }: Remains) {
  for (const { messageId } of receipts.flatMap(({ messages }) => messages)) {
    const answers = engine.asked.filter((asked) => asked.messageId === messageId).map(({ answer }) => answer)
    if (!answers.includes('taken') && !letters.has(messageId))
      yield `message: ${messageId} was never taken, and is no dead letter`
    if (letters.has(messageId) && answers.includes('taken'))
      yield `message: ${messageId} was taken, and is a dead letter`
  }
  const owed = new Set(receipts.flatMap(({ messages }) => messages.map(({ messageId }) => messageId)))
  for (const { messageId } of engine.asked)
    if (!owed.has(messageId)) yield `message: nobody owes ${messageId}, which was sent`
}

function* cursorsWait({ engine, pushes }: Story, { receipts }: Remains) {
  let before = 0
  for (const { at, updates, by, objects } of pushes) {
    for (const { ref, to } of updates) {
      if (!ref.startsWith('refs/commitbase/cursors/')) continue
      const { seq } = JSON.parse(objects.find(({ oid }) => oid === to)!.body.toString())
      if (seq < before) yield `cursor: ${by} moved it back from ${before} to ${seq}`
      before = seq
      const passed = receipts.filter((receipt) => receipt.seq <= seq).flatMap(({ messages }) => messages)
      for (const { messageId } of passed)
        if (settledAt(engine, messageId) > at) yield `cursor: ${by} moved it to ${seq}, past ${messageId}`
    }
  }
}

/** Whoever takes the entry of another out of the inbox has evaluated it. */
function* entriesEndInReceipts({ pushes }: Story, { byKey }: Remains) {
  const owners = new Map<string, string>()
  for (const { updates, by } of pushes) {
    for (const { ref, to } of updates) {
      if (!ref.startsWith(inboxFolder)) continue
      if (to !== null) owners.set(ref, owners.get(ref) ?? by)
      else if (owners.get(ref) !== by && !byKey.has(ref.slice(inboxFolder.length)))
        yield `inbox: ${by} took away ${shortOf(ref)} of ${owners.get(ref)}, and nothing became of it`
      if (to === null) owners.delete(ref)
    }
  }
}

function* nothingIsLeftBehind(_: Story, { refs }: Remains) {
  for (const ref of refs.keys()) {
    if (ref.startsWith(inboxFolder)) yield `inbox: ${shortOf(ref)} is left`
    if (ref === leaseRef) yield 'lease: it is left, and nobody is there'
  }
}

/** DESIGN §5: a waiter claims only what has stood still for twenty seconds. */
function* theLivingKeepTheirLease({ pushes }: Story) {
  let before: string | undefined
  let since = 0
  for (const { at, by, updates, objects } of pushes) {
    const move = updates.find(({ ref }) => ref === leaseRef)
    if (!move) continue
    const blob = objects.find(({ oid }) => oid === move.to)
    const holder = blob && decodeLease(blob)?.holder
    if (before !== undefined && before !== by && at - since < patience)
      yield `patience: ${by} took the lease of ${before}, which had moved ${Math.round(at - since)} ms before`
    before = holder
    since = at
  }
}

function* whatFailedIsTriedAgain({ sendings }: Story) {
  const failures = sendings.filter(({ applied }) => applied?.receipt?.status === 'failed')
  for (const { by, event, sent, applied } of failures) {
    const { seq } = applied!.receipt!
    if (failures.some((before) => before.answered! <= sent && before.applied!.receipt!.seq === seq))
      yield `again: ${event.id} had failed, and was not evaluated for ${by}`
  }
}

function firstAt(engine: Story['engine'], messageId: string): number {
  return engine.asked.find((asked) => asked.messageId === messageId)?.at ?? Number.POSITIVE_INFINITY
}

/** When the engine had it, or had refused it for good. */
function settledAt(engine: Story['engine'], messageId: string): number {
  const settled = engine.asked.find((asked) => asked.messageId === messageId && asked.answer !== 'away')
  return settled?.at ?? Number.POSITIVE_INFINITY
}

function isSame(one: Receipt, other: Receipt): boolean {
  return (
    one.seq === other.seq && one.status === other.status && one.commit === other.commit && one.digest === other.digest
  )
}

/** What was asked for by the one whose content the receipt has. */
function contentOf({ event, digest }: Receipt, sendings: readonly Sending[]): PlannedEvent {
  const sent = sendings.filter((sending) => sending.event.id === event.id).map((sending) => sending.event)
  return sent.find((planned) => digestOf(planned) === digest)!
}
