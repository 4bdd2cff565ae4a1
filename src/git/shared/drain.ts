import { codeOf } from '../../errors.ts'
import type { Fold } from '../deferred.ts'
import type { Oid } from '../objects/object.ts'
import type { Repository } from '../repository.ts'
import { attempt, type Outcome, type Task } from '../task.ts'
import { Workspace } from '../workspace.ts'
import { decodeEntry, encodeEntry, type InboxEntry, type InboxView, inboxFolder } from './inbox.ts'
import type { Leaseholder } from './leaseholder.ts'

/**
 * What to do with an entry: run it here (`isLong`: it may take longer than others' patience); leave it to others (`foreign`); take
 * it away, as it says nothing (`void`).
 */
export type EntryTask<T = unknown> =
  | { readonly kind: 'task'; readonly run: Task<T>; readonly isLong: boolean }
  | { readonly kind: 'foreign' }
  | { readonly kind: 'void' }

export interface DrainOptions<T> {
  readonly repository: Repository
  /** The refs that tasks write to. */
  readonly refs: readonly string[]
  readonly fold?: Fold
  readonly lease: Leaseholder
  readonly look: () => Promise<InboxView>
  /** Milliseconds that only go forward, from anywhere. */
  readonly monotonic: () => number
  readonly holder: string
  /** The holder's own entry. */
  readonly own: { readonly key: string; readonly oid: Oid; readonly task: Task<T>; readonly isLong: boolean }
  /** What to do with an entry that another writer made. */
  readonly read: (key: string, entry: InboxEntry) => EntryTask
  /** Whom the lease was taken from: its entries have no owner any more. */
  readonly deposed?: string
}

/**
 * One push of who has the lease: the entries of the inbox are evaluated, those that came meanwhile too, until nothing new is there or
 * ten seconds are over; then branch, receipts, the emptied inbox and the lease move at once. Gives what became of the holder's own
 * entry where it was among them; `lost` where the lease or the branch moved under it, and nothing did.
 */
export async function drain<T>(seen: InboxView, options: DrainOptions<T>): Promise<{ own?: Outcome<T> } | 'lost'> {
  const { repository, refs, lease, look } = options
  try {
    const workspace = await Workspace.open(repository, refs, seen.refs)
    const batch = new Batch(workspace, options)
    let view = seen
    while (batch.hasMore(view)) {
      await lease.keepDuring(() => batch.evaluate(view))
      view = await look()
      if (!lease.holds(view) || !workspace.isCurrent(view.refs)) return 'lost'
    }
    return (await batch.land(view)) === 'landed' ? { own: batch.own } : 'lost'
  } catch (error) {
    // What was there when we looked is gone: somebody else moved on.
    if (codeOf(error) === 'not_found') return 'lost'
    throw error
  }
}

/** Milliseconds of work for one push. */
const workLimit = 10_000

class Batch<T> {
  own: Outcome<T> | undefined
  readonly #workspace: Workspace
  readonly #options: DrainOptions<T>
  readonly #started: number
  readonly #read = new Map<string, InboxEntry | undefined>()
  /** Evaluated, or void. */
  readonly #done = new Map<string, Oid>()
  readonly #foreign = new Set<string>()

  constructor(workspace: Workspace, options: DrainOptions<T>) {
    this.#workspace = workspace
    this.#options = options
    this.#started = options.monotonic()
  }

  hasMore(view: InboxView): boolean {
    return this.#open(view).length > 0 && (this.#done.size === 0 || this.#hasTime())
  }

  /** In the order in which they entered; at least one of them. */
  async evaluate(view: InboxView): Promise<void> {
    const keys = this.#open(view)
    await this.#readAll(keys, view)
    for (const key of keys.sort((one, other) => this.#compare(one, other))) {
      await this.#evaluateOne(key, view.entries.get(key)!)
      if (!this.#hasTime()) return
    }
  }

  async land(view: InboxView): Promise<'landed' | 'lost'> {
    const left = [...view.entries.keys()].filter((key) => !this.#done.has(key))
    await this.#readAll(left, view)
    for (const [key, oid] of this.#done) this.#workspace.point(inboxFolder + key, oid, null)
    this.#disown(left, view)
    const { update, blob } = this.#options.lease.move(view.lease, this.#nextHolder(left))
    this.#workspace.point(update.ref, update.from, blob)
    return await this.#workspace.land(this.#options.fold)
  }

  #open({ entries }: InboxView): string[] {
    return [...entries.keys()].filter((key) => !this.#done.has(key) && !this.#foreign.has(key))
  }

  #hasTime(): boolean {
    return this.#options.monotonic() - this.#started < workLimit
  }

  async #readAll(keys: readonly string[], { entries }: InboxView): Promise<void> {
    const unread = keys.filter((key) => !this.#read.has(key))
    const blobs = await this.#options.repository.read(unread.map((key) => entries.get(key)!))
    for (const [index, key] of unread.entries()) this.#read.set(key, decodeEntry(blobs[index]!))
  }

  #compare(one: string, other: string): number {
    const [first = '', second = ''] = [this.#read.get(one)?.entered, this.#read.get(other)?.entered]
    if (first !== second) return first < second ? -1 : 1
    return one < other ? -1 : 1
  }

  async #evaluateOne(key: string, oid: Oid): Promise<void> {
    const { own, lease } = this.#options
    const todo: EntryTask = key === own.key && oid === own.oid ? this.#ownTask() : this.#todo(key)
    if (todo.kind === 'foreign') return void this.#foreign.add(key)
    if (todo.kind === 'task') {
      if (todo.isLong) await lease.renew()
      const outcome = await attempt(todo.run, this.#workspace)
      if (oid !== own.oid) throwIfPassing(outcome)
      if (todo.run === own.task) this.own = outcome as Outcome<T>
    }
    this.#done.set(key, oid)
  }

  #todo(key: string): EntryTask {
    const entry = this.#read.get(key)
    const todo = entry ? this.#options.read(key, entry) : ({ kind: 'void' } as const)
    return todo.kind === 'foreign' && key === this.#options.own.key ? this.#ownTask() : todo
  }

  /** Also in place of an entry with the same key that only others could evaluate: it is the same write, and they may be gone. */
  #ownTask(): EntryTask {
    const { task, isLong } = this.#options.own
    return { kind: 'task', run: task, isLong }
  }

  /** The entries of a writer that let the lease stand still: nobody hands it the lease again. */
  #disown(left: readonly string[], { entries }: InboxView): void {
    const { deposed } = this.#options
    for (const key of left) {
      const entry = this.#read.get(key)
      if (!entry || deposed === undefined || entry.owner !== deposed) continue
      const disowned = { ...entry, owner: undefined }
      this.#workspace.point(inboxFolder + key, entries.get(key)!, encodeEntry(disowned))
      this.#read.set(key, disowned)
    }
  }

  /** The owner of the lowest-keyed entry that is left. */
  #nextHolder(left: readonly string[]): string | null {
    for (const key of left) {
      const owner = this.#read.get(key)?.owner
      const isInVain = owner === this.#options.holder && this.#foreign.has(key)
      if (owner !== undefined && !isInVain) return owner
    }
    return null
  }
}

/** A conflict is final: its owner finds the receipt of the other content. Anything else may go away, and the entry stays. */
function throwIfPassing(outcome: Outcome<unknown>): void {
  if ('error' in outcome && codeOf(outcome.error) !== 'conflict') throw outcome.error
}
