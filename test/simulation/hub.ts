import { foldReceipts } from '../../src/database/receipts/foldReceipts.ts'
import { receiptsRef } from '../../src/database/receipts/receipt.ts'
import { CommitbaseError } from '../../src/errors.ts'
import { type Applied, applyEvent, type EventContext, type EventRequest } from '../../src/events/applyEvent.ts'
import type { Publisher } from '../../src/events/messages/message.ts'
import { Outbox } from '../../src/events/messages/outbox.ts'
import { commitbase } from '../../src/git/objects/ownCommits.ts'
import type { Repository } from '../../src/git/repository.ts'
import type { Task } from '../../src/git/task.ts'
import { Writer } from '../../src/git/writer.ts'
import type { Machine, SimulatedProcess } from './machine.ts'

export interface HubOptions {
  readonly machine: Machine
  readonly process: SimulatedProcess
  readonly repository: Repository
  readonly context: EventContext
  readonly publisher: Publisher
  /** Told of the place of a receipt that one behind it in the same batch may replace, so that it never lands. */
  readonly onFailed: (seq: number) => void
}

/** One life of a hub: the one writer of its repository, and its outbox. The next one begins with what lies there. */
export class SimulatedHub {
  readonly process: SimulatedProcess
  readonly #options: HubOptions
  readonly #waiting = new Set<() => void>()
  #writer: Writer | undefined
  #outbox: Outbox | undefined

  constructor(options: HubOptions) {
    this.#options = options
    this.process = options.process
  }

  /** After that many milliseconds. */
  start(milliseconds: number): void {
    const { machine, repository, context, publisher } = this.#options
    const begin = () => {
      const fold = foldReceipts(commitbase, context.clock)
      const landed = () => this.#outbox!.wake()
      this.#writer = new Writer({ repository, refs: [context.branch, receiptsRef], fold, landed })
      this.#outbox = new Outbox({ repository, writer: this.#writer, consumer: 'hub', publisher, clock: context.clock })
      this.#outbox.wake()
    }
    machine.start(this.process, begin, { milliseconds })
  }

  /** What a client is told. Throws `unavailable` where the hub is not there, or dies before it answers. */
  ask(client: SimulatedProcess, request: EventRequest): Promise<Applied> {
    const { promise, resolve, reject } = Promise.withResolvers<Applied>()
    const answer = (tell: () => void) => {
      if (this.#waiting.delete(fail)) this.#options.machine.start(client, tell)
    }
    const fail = () => answer(() => reject(new CommitbaseError('unavailable', 'the hub is not there')))
    this.#waiting.add(fail)
    const serve = () => {
      if (!this.#writer) return fail()
      this.#writer.submit(this.#taskOf(request)).then(
        (applied) => answer(() => resolve(applied)),
        (error) => answer(() => reject(error)),
      )
    }
    this.#options.machine.start(this.process, serve, { milliseconds: 5, orphaned: fail })
    return promise
  }

  #taskOf(request: EventRequest): Task<Applied> {
    const apply = applyEvent(request, this.#options.context)
    return async (workspace) => {
      const applied = await apply(workspace)
      if (applied.receipt?.status === 'failed') this.#options.onFailed(applied.receipt.seq)
      return applied
    }
  }

  /** Tells those who wait that it is dead. */
  fail(): void {
    for (const fail of [...this.#waiting]) fail()
  }

  /** Has it end once all that is owed was sent, and its cursor says so. */
  settle(ended: () => void): void {
    this.#options.machine.start(this.process, () => void this.#outbox!.idle().then(ended))
  }
}
