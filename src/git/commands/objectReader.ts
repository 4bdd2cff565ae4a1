import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { CommitbaseError } from '../../errors.ts'
import type { GitObject, ObjectType, Oid } from '../objects/object.ts'
import { collectWords, type GitOptions, startGit, whenEnded } from './git.ts'

/**
 * Reads objects through one long-lived `git cat-file --batch`, which finds packs that appear while it runs. Answers come in
 * the order of the questions. A child that died is replaced at the next question.
 */
export class ObjectReader {
  readonly #folder: string
  readonly #options: GitOptions
  #session: Session | undefined

  constructor(folder: string, options: GitOptions) {
    this.#folder = folder
    this.#options = options
  }

  /** The objects in the order of the ids; nothing for one that the repository does not have. */
  read(oids: readonly Oid[]): Promise<(GitObject | undefined)[]> {
    if (oids.length === 0) return Promise.resolve([])
    if (!this.#session || this.#session.ended) this.#session = new Session(this.#start())
    return this.#session.ask(oids)
  }

  async close(): Promise<void> {
    await this.#session?.close()
    this.#session = undefined
  }

  #start(): ChildProcessWithoutNullStreams {
    return startGit([`--git-dir=${this.#folder}`, 'cat-file', '--batch'], this.#options)
  }
}

class Session {
  readonly #child: ChildProcessWithoutNullStreams
  readonly #words: () => string
  readonly #gone: Promise<unknown>
  readonly #ending = new AbortController()
  readonly #questions: Question[] = []
  readonly #parser: BatchParser
  ended = false

  constructor(child: ChildProcessWithoutNullStreams) {
    this.#child = child
    this.#words = collectWords(child)
    this.#parser = new BatchParser((answer) => this.#take(answer))
    child.stdout.on('data', (chunk: Buffer) => this.#parser.push(chunk))
    this.#gone = whenEnded(child, this.#ending.signal).then(
      () => this.#end(undefined),
      (error) => this.#end(error),
    )
  }

  ask(oids: readonly Oid[]): Promise<(GitObject | undefined)[]> {
    const { promise, resolve, reject } = Promise.withResolvers<(GitObject | undefined)[]>()
    this.#questions.push({ left: oids.length, answers: [], resolve, reject })
    this.#child.stdin.write(`${oids.join('\n')}\n`)
    return promise
  }

  async close(): Promise<void> {
    this.#child.stdin.end()
    const timer = setTimeout(() => this.#ending.abort(), longestEnd)
    await this.#gone
    clearTimeout(timer)
  }

  #take(answer: GitObject | undefined): void {
    const question = this.#questions[0]!
    question.answers.push(answer)
    if (--question.left > 0) return
    this.#questions.shift()
    question.resolve(question.answers)
  }

  #end(cause: unknown): void {
    this.ended = true
    const error = new CommitbaseError('unavailable', `git cat-file ended: ${this.#words() || 'no words'}`, { cause })
    for (const question of this.#questions.splice(0)) question.reject(cause instanceof CommitbaseError ? cause : error)
  }
}

/** Milliseconds until one that does not end by itself is ended. */
const longestEnd = 1_500

interface Question {
  left: number
  readonly answers: (GitObject | undefined)[]
  readonly resolve: (answers: (GitObject | undefined)[]) => void
  readonly reject: (error: unknown) => void
}

/** Cuts `<oid> <type> <size>\n<body>\n` and `<oid> missing\n` out of chunks that may break anywhere. */
class BatchParser {
  readonly #take: (answer: GitObject | undefined) => void
  #header = Buffer.alloc(0)
  #object: { oid: Oid; type: ObjectType; body: Buffer; filled: number } | undefined

  constructor(take: (answer: GitObject | undefined) => void) {
    this.#take = take
  }

  push(chunk: Buffer): void {
    for (let rest = chunk; rest.length > 0; ) rest = this.#object ? this.#fill(rest) : this.#readHeader(rest)
  }

  #readHeader(chunk: Buffer): Buffer {
    const end = chunk.indexOf(0x0a)
    if (end < 0) {
      this.#header = Buffer.concat([this.#header, chunk])
      return Buffer.alloc(0)
    }
    const [oid, type, size] = Buffer.concat([this.#header, chunk.subarray(0, end)])
      .toString('latin1')
      .split(' ')
    this.#header = Buffer.alloc(0)
    if (size === undefined) this.#take(undefined)
    // One byte more: the newline behind the body.
    else this.#object = { oid: oid!, type: type as ObjectType, body: Buffer.alloc(Number(size) + 1), filled: 0 }
    return chunk.subarray(end + 1)
  }

  #fill(chunk: Buffer): Buffer {
    const object = this.#object!
    const copied = chunk.copy(object.body, object.filled)
    object.filled += copied
    if (object.filled === object.body.length) {
      this.#object = undefined
      this.#take({ oid: object.oid, type: object.type, body: object.body.subarray(0, -1) })
    }
    return chunk.subarray(copied)
  }
}
