import { CommitbaseError, codeOf } from '../../errors.ts'
import type { Fold } from '../deferred.ts'
import type { GitObject } from '../objects/object.ts'
import type { SharedRepository } from '../repository.ts'
import { attempt, type Outcome, type Task, unwrap } from '../task.ts'
import { Turns } from '../turns.ts'
import { Workspace } from '../workspace.ts'
import { drain, type EntryTask } from './drain.ts'
import { decodeEntry, encodeEntry, type InboxEntry, type InboxView, inboxFolder, isQuiet, viewOf } from './inbox.ts'
import { LeaseWatch, leaseRef } from './lease.ts'
import { Leaseholder } from './leaseholder.ts'

export interface SharedWriterOptions {
  readonly repository: SharedRepository
  /** The refs that tasks write to. */
  readonly refs: readonly string[]
  readonly fold?: Fold
  /** Who this writer is: no other has ever had the same. */
  readonly holder: string
  /** What to do with an entry of the inbox that another writer made. */
  readonly read: (key: string, entry: InboxEntry) => EntryTask
  /** Milliseconds since 1970. */
  readonly clock: () => number
  /** Milliseconds that only go forward, from anywhere. */
  readonly monotonic: () => number
  /** Rejects when the signal comes before its time. */
  readonly delay: (milliseconds: number, signal?: AbortSignal) => Promise<unknown>
  /** A number from 0 to 1, to spread those who wait. */
  readonly random: () => number
}

/** One write, to be evaluated here or by whoever drains the inbox. */
export interface Submission<T> {
  /** Its name in the inbox; the same for the same write from elsewhere. */
  readonly key: string
  /** JSON that says to another writer what is asked for. */
  readonly request: unknown
  readonly task: Task<T>
  /** It may take longer than others' patience. */
  readonly isLong: boolean
  /** It seldom has anything to land: it is tried whoever is draining. */
  readonly isRead: boolean
  /** What became of it before, or elsewhere; nothing where nobody has evaluated it. */
  readonly find: (workspace: Workspace) => Promise<Found<T> | undefined>
}

export interface Found<T> {
  /** Another one each time that it is evaluated. */
  readonly version: number
  /** Nobody evaluates it again. */
  readonly isFinal: boolean
  value(duplicate: boolean): T
}

/**
 * The door for writes to a repository that others write to as well (DESIGN §5, "Many writers"). Without others it evaluates and
 * pushes. After one lost race, or where it sees that others are at it, it puts the write into the inbox and claims the lease, in
 * one push; who has the lease evaluates what is in the inbox and pushes all of it at once, and the others find what became of theirs.
 */
export class SharedWriter {
  readonly #options: SharedWriterOptions
  readonly #lease: Leaseholder
  readonly #turns = new Turns()

  constructor(options: SharedWriterOptions) {
    this.#options = options
    this.#lease = new Leaseholder(options)
  }

  /** Resolves with what became of the write once it is durable; one after the other. */
  submit<T>(submission: Submission<T>): Promise<T> {
    return this.#turns.take(() => this.#submit(submission))
  }

  async #submit<T>(submission: Submission<T>): Promise<T> {
    const view = await this.#look()
    if (isQuiet(view) || submission.isRead) {
      const outcome = await this.#tryDirectly(submission, view)
      if (outcome) return unwrap(outcome)
    }
    const before = await submission.find(await this.#open(view))
    if (before?.isFinal) return before.value(true)
    return unwrap(await this.#goThroughInbox(submission, before?.version))
  }

  /** Nothing where the race was lost. */
  async #tryDirectly<T>({ task }: Submission<T>, view: InboxView): Promise<Outcome<T> | undefined> {
    const workspace = await this.#open(view)
    const outcome = await attempt(task, workspace)
    return (await workspace.land(this.#options.fold)) === 'landed' ? outcome : undefined
  }

  async #goThroughInbox<T>(submission: Submission<T>, before: number | undefined): Promise<Outcome<T>> {
    const { holder, clock } = this.#options
    const entered = new Date(clock()).toISOString()
    const blob = encodeEntry({ owner: holder, entered, request: submission.request })
    const waiting: Waiting<T> = { submission, blob, before, isOurs: false, watch: new LeaseWatch() }
    try {
      return await this.#enterAndWait(waiting)
    } catch (error) {
      await this.#withdraw(waiting).catch(() => {})
      throw error
    }
  }

  /** An entry that went, and that nobody evaluated, was refused or taken away by hand: it enters again, a few times. */
  async #enterAndWait<T>(waiting: Waiting<T>): Promise<Outcome<T>> {
    for (let entries = 1; ; entries++) {
      const refusal = await this.#enter(waiting)
      const outcome = await this.#wait(waiting)
      if (outcome) return outcome
      if (entries >= mostEntries) throw refusal ?? vanished(waiting.submission.key)
    }
  }

  /** One push that puts the entry into the inbox and claims the lease where nobody has it. Gives why the entry was refused, where it may have been. */
  async #enter<T>(waiting: Waiting<T>): Promise<CommitbaseError | undefined> {
    const { blob, submission } = waiting
    const ref = inboxFolder + submission.key
    const claim = this.#lease.claim(null)
    const updates = [{ ref, from: null, to: blob.oid }, claim.update]
    const { moved, refusal } = await this.#options.repository.landEach([blob, claim.blob], updates)
    waiting.isOurs ||= moved.has(ref)
    if (moved.has(ref) && !moved.has(leaseRef)) await this.#pause(1)
    return moved.has(ref) ? undefined : refusal
  }

  /** Looks at the refs until the write was drained, by us or by others. Nothing where its entry is gone, and nobody evaluated it. */
  async #wait<T>(waiting: Waiting<T>): Promise<Outcome<T> | undefined> {
    for (;;) {
      const view = await this.#lookPatiently()
      if (!view.entries.has(waiting.submission.key)) return await this.#find(waiting, view)
      const mayTake = this.#mayTake(waiting, view)
      if (this.#lease.holds(view)) {
        const outcome = await this.#drain(waiting, view)
        if (outcome) return outcome
      } else if (!(mayTake && (await this.#takeOver(waiting, view)))) await this.#pause(view.entries.size)
    }
  }

  async #find<T>(
    { submission, before, isOurs, deposed }: Waiting<T>,
    view: InboxView,
  ): Promise<Outcome<T> | undefined> {
    const found = await submission.find(await this.#open(view))
    const isNew = found && (found.isFinal || found.version !== before)
    if (!isNew) return undefined
    if (this.#lease.holds(view)) await this.#leave(deposed)
    return { value: found.value(!isOurs) }
  }

  /** Whether the lease has stood still for too long. Our own is looked at, too: once it is gone, the time begins anew. */
  #mayTake<T>({ submission, watch }: Waiting<T>, view: InboxView): boolean {
    const place = [...view.entries.keys()].indexOf(submission.key)
    return watch.mayTake(view.lease, place, this.#options.monotonic())
  }

  /** Takes the lease from whoever let it stand still. Whether it did. */
  async #takeOver<T>(waiting: Waiting<T>, view: InboxView): Promise<boolean> {
    waiting.deposed = await this.#lease.holderOf(view)
    return await this.#lease.push(this.#lease.claim(view.lease))
  }

  /** Drains as long as the lease is ours, or until our own entry was drained. */
  async #drain<T>(waiting: Waiting<T>, seen: InboxView): Promise<Outcome<T> | undefined> {
    let lost = 0
    for (let view = seen; this.#lease.holds(view); view = await this.#lookPatiently()) {
      const drained = await drain(view, this.#drainOptions(waiting))
      if (drained === 'lost') await this.#afterLoss(++lost)
      else if (drained.own) {
        await this.#leave(waiting.deposed)
        return drained.own
      }
    }
    return undefined
  }

  #drainOptions<T>({ submission, blob, deposed }: Waiting<T>) {
    const { key, task, isLong } = submission
    const own = { key, oid: blob.oid, task, isLong }
    return { ...this.#options, lease: this.#lease, look: () => this.#look(), own, deposed }
  }

  /**
   * Hands the lease on where it is still ours, or where nobody has it: who entered while we pushed found one that we gave up in that
   * moment, and would wait until it has been gone for long enough. So they do, too, where this fails. Whom the lease was taken from
   * is not given it again.
   */
  async #leave(deposed: string | undefined): Promise<void> {
    try {
      const view = await this.#look()
      const isOurs = this.#lease.holds(view)
      if (!isOurs && view.lease !== null) return
      const owner = await this.#nextOwner(view, deposed)
      if (isOurs || owner !== undefined) await this.#lease.push(this.#lease.move(view.lease, owner ?? null))
    } catch {
      return
    }
  }

  /** Of the lowest-keyed entry that has one. */
  async #nextOwner({ entries }: InboxView, deposed: string | undefined): Promise<string | undefined> {
    if (entries.size === 0) return undefined
    const blobs = await this.#options.repository.read([...entries.values()])
    const owners = blobs.map((blob) => decodeEntry(blob)?.owner)
    return owners.find((owner) => owner !== undefined && owner !== this.#options.holder && owner !== deposed)
  }

  /** Takes back what somebody would evaluate though we said that it failed. */
  async #withdraw<T>({ submission, blob, deposed }: Waiting<T>): Promise<void> {
    const ref = inboxFolder + submission.key
    const { refs } = await this.#look()
    if (refs.get(ref) === blob.oid) await this.#options.repository.landEach([], [{ ref, from: blob.oid, to: null }])
    await this.#leave(deposed)
  }

  async #look(): Promise<InboxView> {
    const { repository, refs } = this.#options
    return viewOf(await repository.refs([...refs, leaseRef, inboxFolder]))
  }

  /** For who has written already: a server that cannot answer now may soon. */
  async #lookPatiently(): Promise<InboxView> {
    const { delay, random } = this.#options
    for (let pause = shortestPause; ; pause *= 2) {
      try {
        return await this.#look()
      } catch (error) {
        if (codeOf(error) !== 'unavailable' || pause > longestPause) throw error
        await delay(pause * (0.5 + random()))
      }
    }
  }

  #open(view: InboxView): Promise<Workspace> {
    const { repository, refs } = this.#options
    return Workspace.open(repository, refs, view.refs)
  }

  /** Longer the more there are who wait: together they ask about ten times a second, of the fifteen that GitHub allows for. */
  async #pause(waiting: number): Promise<void> {
    const { delay, random } = this.#options
    await delay(Math.min(Math.max(waiting * 100, shortestPause), longestPause) * (0.5 + random()))
  }

  /**
   * Who moves the branch are people, or writers that looked before there was a lease: each of those once. Who loses more often is
   * at a hub, which lets the branch alone for a while whenever the lease moves.
   */
  async #afterLoss(lost: number): Promise<void> {
    if (lost >= mostLosses)
      throw new CommitbaseError('unavailable', `others moved the branch ${lost} times in a row; try again`)
    const { delay, random } = this.#options
    await delay(Math.min(20 * 2 ** lost, 2_000) * (0.5 + random() / 2))
    if (lost > 1) await this.#lease.renew()
  }
}

/** A write in the inbox. */
interface Waiting<T> {
  readonly submission: Submission<T>
  readonly blob: GitObject
  /** The version that was known before. */
  readonly before: number | undefined
  readonly watch: LeaseWatch
  /** The entry is not that of another with the same key. */
  isOurs: boolean
  /** Whom the lease was taken from. */
  deposed?: string
}

const mostEntries = 3
const mostLosses = 20

/** Milliseconds. The longest is well within others' patience: who was handed the lease notices. */
const shortestPause = 500
const longestPause = 5_000

function vanished(key: string): CommitbaseError {
  return new CommitbaseError(
    'unavailable',
    `the entry ${key} was taken out of the inbox ${mostEntries} times, and nobody has evaluated it; try again`,
  )
}
