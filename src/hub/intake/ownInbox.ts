import { codeOf } from '../../errors.ts'
import type { Applied } from '../../events/applyEvent.ts'
import type { Oid } from '../../git/objects/object.ts'
import type { Repository } from '../../git/repository.ts'
import type { EntryTask } from '../../git/shared/drain.ts'
import { decodeEntry, type InboxEntry, type InboxView, inboxFolder, viewOf } from '../../git/shared/inbox.ts'
import { decodeLease, encodeLease, leaseRef, raise } from '../../git/shared/lease.ts'
import type { Task } from '../../git/task.ts'
import type { Workspace } from '../../git/workspace.ts'
import type { Writer } from '../../git/writer.ts'

export interface OwnInboxOptions {
  readonly repository: Repository
  readonly writer: Writer
  /** What to do with an entry that somebody pushed. */
  readonly read: (key: string, entry: InboxEntry) => EntryTask<Applied>
  readonly onApplied: (applied: Applied) => void
  readonly onError: (error: unknown) => void
}

/**
 * The inbox of the hub's own repository, where runs of the Action push what they lost a race for. The hub evaluates what it can in
 * its next batch. What is left belongs to who has the lease: while that one is at it the hub lets the branch alone, 5 s at most for
 * each move of the lease, so that its push lands.
 */
export class OwnInbox {
  readonly #options: OwnInboxOptions
  #draining: Promise<void> = Promise.resolve()
  #hold: Hold | undefined
  #timer: NodeJS.Timeout | undefined
  #isStopped = false

  constructor(options: OwnInboxOptions) {
    this.#options = options
  }

  /** Looks at the inbox, after a push and at the start. */
  look(): void {
    if (this.#isStopped) return
    clearTimeout(this.#timer)
    this.#draining = this.#draining.then(() => this.#drain()).catch((error) => this.#failed(error))
  }

  /** Resolves when the branch may move. */
  async isFree(): Promise<void> {
    await this.#draining
    await this.#hold?.over
  }

  /** Holds up nobody any more. */
  async stop(): Promise<void> {
    this.#isStopped = true
    this.#hold?.end()
    await this.#draining
    clearTimeout(this.#timer)
  }

  /** What waits goes on waiting, and is tried again though nobody pushes. */
  #failed(error: unknown): void {
    this.#options.onError(error)
    this.#timer = setTimeout(() => this.look(), pause).unref()
  }

  async #drain(): Promise<void> {
    const view = await this.#view()
    await this.#evaluate(view)
    await this.#options.writer.submit((workspace) => this.#settleLease(workspace))
    this.#holdFor(await this.#view())
  }

  /** What was read together lands together. */
  async #evaluate(view: InboxView): Promise<void> {
    const { writer, read, onApplied } = this.#options
    const entries = (await this.#entriesOf(view)).toSorted((one, other) => (one.entered < other.entered ? -1 : 1))
    const tasks = entries.flatMap(({ key, oid, entry }) => {
      const todo: EntryTask<Applied> = entry ? read(key, entry) : { kind: 'void' }
      return todo.kind === 'foreign' ? [] : [this.#take(key, oid, todo)]
    })
    for (const applied of await Promise.all(tasks.map((task) => writer.submit(task)))) if (applied) onApplied(applied)
  }

  /** Evaluates the entry, and takes it out of the inbox; leaves alone what a push has changed meanwhile. */
  #take(key: string, oid: Oid, todo: EntryTask<Applied>): Task<Applied | undefined> {
    const ref = inboxFolder + key
    return async (workspace) => {
      if ((await this.#options.repository.refs([ref])).get(ref) !== oid) return undefined
      const applied = todo.kind === 'task' ? await unlessConflict(todo.run, workspace) : undefined
      workspace.point(ref, oid, null)
      return applied
    }
  }

  /** The lease goes with the last entry; else who has it has an entry that is left. */
  async #settleLease(workspace: Workspace): Promise<void> {
    const view = await this.#view()
    if (view.lease === null) return
    const lease = decodeLease((await this.#options.repository.read([view.lease]))[0]!)
    const owners = (await this.#entriesOf(view)).map(({ entry }) => entry?.owner).filter((owner) => owner !== undefined)
    if (lease && owners.includes(lease.holder)) return
    const next = owners[0] === undefined ? null : encodeLease(raise(lease ?? { holder: '', counter: 0 }, owners[0]))
    workspace.point(leaseRef, view.lease, next)
  }

  #holdFor({ lease }: InboxView): void {
    if (lease === this.#hold?.lease) return
    this.#hold?.end()
    this.#hold = lease === null || this.#isStopped ? undefined : holdFor(lease)
  }

  async #view(): Promise<InboxView> {
    return viewOf(await this.#options.repository.refs([leaseRef, inboxFolder]))
  }

  async #entriesOf({ entries }: InboxView) {
    const blobs = await this.#options.repository.read([...entries.values()])
    return [...entries].map(([key, oid], index) => {
      const entry = decodeEntry(blobs[index]!)
      return { key, oid, entry, entered: entry?.entered ?? '' }
    })
  }
}

/** Milliseconds. */
const pause = 1_000

interface Hold {
  readonly lease: Oid
  readonly over: Promise<void>
  end(): void
}

/** Milliseconds. */
const longestHold = 5_000

function holdFor(lease: Oid): Hold {
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, longestHold)
  const end = () => {
    clearTimeout(timer)
    resolve()
  }
  return { lease, over: promise, end }
}

/** The event came with other content: its owner finds the receipt of that. */
async function unlessConflict(run: Task<Applied>, workspace: Workspace): Promise<Applied | undefined> {
  try {
    return await run(workspace)
  } catch (error) {
    if (codeOf(error) === 'conflict') return undefined
    throw error
  }
}
