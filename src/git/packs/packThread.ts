import { Worker } from 'node:worker_threads'
import { CommitbaseError } from '../../errors.ts'
import type { PackPart } from './growingPack.ts'
import type { Answer, Question } from './packWorker.ts'

/**
 * Finishes packs in a thread of its own: their checksums, their sorted indexes and their syncs take nobody's turn here. It reads
 * the memory that the pack has grown in. An idle thread ends after a while: it takes 20 MiB, and a new one a tenth of a second.
 */
export class PackThread {
  readonly #folder: string
  readonly #patience: number
  readonly #waiting = new Map<number, PromiseWithResolvers<string>>()
  #worker: Worker | undefined
  #asked = 0
  #ending: NodeJS.Timeout | undefined

  /** The folder of packs; milliseconds after which an idle thread ends. */
  constructor(folder: string, patience = 10_000) {
    this.#folder = folder
    this.#patience = patience
  }

  /** Gives the pack's name without an ending, once it is durable. */
  place(part: PackPart): Promise<string> {
    clearTimeout(this.#ending)
    this.#worker ??= this.#start()
    const answer = Promise.withResolvers<string>()
    const question: Question = { id: ++this.#asked, folder: this.#folder, part }
    this.#waiting.set(question.id, answer)
    this.#worker.ref()
    this.#worker.postMessage(question)
    return answer.promise
  }

  async close(): Promise<void> {
    clearTimeout(this.#ending)
    await this.#worker?.terminate()
  }

  #start(): Worker {
    const worker = new Worker(new URL('./packWorker.ts', import.meta.url))
    worker.on('message', (answer: Answer) => this.#take(answer, worker))
    worker.on('error', (cause) => this.#end(worker, cause))
    worker.on('exit', () => this.#end(worker, new Error('the thread ended')))
    return worker
  }

  #take({ id, name, error }: Answer, worker: Worker): void {
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    if (name !== undefined) waiting?.resolve(name)
    else waiting?.reject(new CommitbaseError('unavailable', `a pack cannot be written: ${error}`))
    if (this.#waiting.size > 0) return
    // An idle thread keeps no process alive.
    worker.unref()
    this.#ending = setTimeout(() => this.#rest(worker), this.#patience).unref()
  }

  #rest(worker: Worker): void {
    this.#worker = undefined
    void worker.terminate()
  }

  #end(worker: Worker, cause: unknown): void {
    // One that was let go of was idle: what waits is its successor's.
    if (worker !== this.#worker) return
    clearTimeout(this.#ending)
    this.#worker = undefined
    const error = new CommitbaseError('unavailable', 'the thread that writes packs ended; try again', { cause })
    for (const { reject } of this.#waiting.values()) reject(error)
    this.#waiting.clear()
  }
}
