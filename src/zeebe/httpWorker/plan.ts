import type { Job, Outcome } from '../job.ts'
import type { Secrets } from './secret.ts'

/** A request that a job asks for, before it is sent anywhere. */
export interface Plan {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** As it is sent; `beforeSecrets` is the same with the secrets' placeholders still in it. */
  readonly body?: { readonly text: string; readonly beforeSecrets: string }
  /** Names of the secrets in it; those of the body apart, since a body may be sent without them. */
  readonly secrets: ReadonlySet<string>
  readonly bodySecrets: ReadonlySet<string>
  /** Further values that an answer must not show: credentials made of secrets, tokens fetched with them. */
  readonly derived: readonly string[]
  /** Milliseconds for the whole exchange. */
  readonly timeout: number
}

/** What a target answered. */
export interface Answer {
  readonly status: number
  readonly reason: string
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
}

/** One way to ask for a request in a job and to read its answer. */
export interface Contract {
  /** Throws `JobProblem` where the job asks for nothing that can be sent. */
  plan(job: Job, secrets: Secrets, exchange: Exchange): Promise<Plan>
  /** Given with secrets masked already. */
  outcomeOf(job: Job, answer: Answer): Outcome
  /** The target is down, or did not answer in time. */
  outcomeOfFailure(job: Job, failure: ExchangeFailure): Outcome
}

/** Sends a request to where the mappings say. Rejects with `ExchangeFailure` or `JobProblem`. */
export type Exchange = (plan: Plan) => Promise<Answer>

/** What is wrong with a job itself: to try again helps nothing until somebody mends it, so an incident comes at once. */
export class JobProblem extends Error {}

/** No answer: `timeout`, `network` (may help to try again), or `too_large`. */
export class ExchangeFailure extends Error {
  readonly kind: 'timeout' | 'network' | 'too_large'

  constructor(kind: ExchangeFailure['kind'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.kind = kind
  }
}
