import { Worker } from 'node:worker_threads'
import { CommitbaseError } from '../errors.ts'

/** What its thread is told to do. */
export interface Question<Task> {
  readonly id: number
  readonly task: Task
}

/** What came of it, or why nothing did. */
export type Answer<Result> =
  | { readonly id: number; readonly result: Result }
  | { readonly id: number; readonly error: string }

export interface TaskThreadOptions {
  /** What runs in the thread; it calls `answerTasks`. */
  readonly script: URL
  /** What it does, for the words of an error: `writes packs`. */
  readonly work: string
  /** Milliseconds after which an idle thread ends. */
  readonly patience?: number | undefined
}

/**
 * Does tasks in a thread of its own, so that they take nobody's turn here. It is started when it is needed, and an idle one ends after a
 * while: it takes 20 MiB, and a new one a tenth of a second. A task that failed rejects with `unavailable`.
 */
export class TaskThread<Task, Result> {
  readonly #options: TaskThreadOptions
  readonly #waiting = new Map<number, PromiseWithResolvers<Result>>()
  #worker: Worker | undefined
  #asked = 0
  #ending: NodeJS.Timeout | undefined

  constructor(options: TaskThreadOptions) {
    this.#options = options
  }

  run(task: Task): Promise<Result> {
    clearTimeout(this.#ending)
    this.#worker ??= this.#start()
    const answer = Promise.withResolvers<Result>()
    const question: Question<Task> = { id: ++this.#asked, task }
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
    const worker = new Worker(this.#options.script)
    worker.on('message', (answer: Answer<Result>) => this.#take(answer, worker))
    worker.on('error', (cause) => this.#end(worker, cause))
    worker.on('exit', () => this.#end(worker, new Error('the thread ended')))
    return worker
  }

  #take(answer: Answer<Result>, worker: Worker): void {
    const waiting = this.#waiting.get(answer.id)
    this.#waiting.delete(answer.id)
    if ('result' in answer) waiting?.resolve(answer.result)
    else waiting?.reject(this.#failure(`failed: ${answer.error}`))
    if (this.#waiting.size > 0) return
    // An idle thread keeps no process alive.
    worker.unref()
    this.#ending = setTimeout(() => this.#rest(worker), this.#options.patience ?? 10_000).unref()
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
    const error = this.#failure('ended; try again', cause)
    for (const { reject } of this.#waiting.values()) reject(error)
    this.#waiting.clear()
  }

  #failure(what: string, cause?: unknown): CommitbaseError {
    return new CommitbaseError('unavailable', `the thread that ${this.#options.work} ${what}`, { cause })
  }
}
