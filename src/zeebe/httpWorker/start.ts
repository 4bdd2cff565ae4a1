import type { LookupFunction } from 'node:net'
import { messageOf } from '../../errors.ts'
import type { Engine } from '../connect.ts'
import { identityOf } from '../identity.ts'
import type { Job, Outcome } from '../job.ts'
import { startWorker } from '../workers.ts'
import { connectorContract } from './connectorContract.ts'
import { isDispatch, withEventId } from './dispatch.ts'
import { exchange } from './exchange.ts'
import { guardedSend } from './guardedSend.ts'
import { legacyContract } from './legacyContract.ts'
import { type Mask, maskOf } from './mask.ts'
import { maskedAnswer, maskedOutcome } from './maskAnswer.ts'
import { type Mapping, mapUrl } from './originMap.ts'
import { type Answer, type Contract, ExchangeFailure, JobProblem, type Plan } from './plan.ts'
import { createReach } from './reach.ts'
import { type SecretSource, type Secrets, valuesToMask, whyNot } from './secret.ts'
import { TokenCache } from './tokenCache.ts'

export interface HttpWorkerOptions {
  readonly engine: Engine
  readonly secrets: SecretSource
  readonly map?: readonly Mapping[]
  /** Hosts and networks that are not public and may be asked all the same (see `createReach`); what `map` leads to always may. */
  readonly allow?: readonly string[]
  /** How names are looked up; the system's way unless given. */
  readonly lookup?: LookupFunction
  readonly log?: (message: string, entry: HttpWorkerLog) => void
  /** The engine's identity in event ids; asked of the engine unless given. */
  readonly engineId?: string
  /** Milliseconds since 1970. */
  readonly clock?: () => number
  /** Jobs of each type at a time; 32 unless given. */
  readonly capacity?: number
  /** Milliseconds that the engine keeps a job for this worker (see `WorkerOptions`); 75,000 unless given, more than a request may take. */
  readonly jobTimeout?: number
}

/** One line of what the worker did. No secret is in it. */
export interface HttpWorkerLog {
  readonly level: 'info' | 'warn' | 'error'
  readonly message: string
  readonly jobKey?: string
  readonly processInstanceKey?: string
  readonly elementId?: string
  readonly eventId?: string
  readonly status?: number
}

export interface HttpWorker {
  /** Takes no more jobs; resolves when those under way are answered, or dropped after `grace` milliseconds (5,000). */
  stop(grace?: number): Promise<void>
}

/** The job types, and the contract of each. */
const legacyTypes = ['CAMUNDA-HTTP', 'http']
const connectorTypes = ['io.camunda:http-json:1']

/** Starts the HTTP worker: it makes the requests that jobs ask for, with secrets that the engine never sees (DESIGN §8). It never rejects or throws once it runs. */
export function startHttpWorker(options: HttpWorkerOptions): HttpWorker {
  const clock = options.clock ?? Date.now
  const worker = new HttpJobs(options)
  const connector = connectorContract({ clock, tokens: new TokenCache(clock) })
  const workers = [
    ...legacyTypes.map((type) => worker.start(type, legacyContract)),
    ...connectorTypes.map((type) => worker.start(type, connector)),
  ]
  return {
    async stop(grace) {
      await Promise.all(workers.map((each) => each.stop(grace)))
      await worker.close()
    },
  }
}

/** What is known of a job's request, for its line in the log. */
interface Trace {
  target?: string
  eventId?: string
  status?: number
}

class HttpJobs {
  readonly #options: HttpWorkerOptions
  readonly #post: ReturnType<typeof guardedSend>
  #identity: Promise<string> | undefined
  #lastMask: { readonly key: string; readonly mask: Mask } | undefined

  constructor(options: HttpWorkerOptions) {
    this.#options = options
    const { allow = [], map = [], lookup } = options
    this.#post = guardedSend(createReach([...allow, ...map.map(({ to }) => to.origin)]), lookup)
  }

  start(type: string, contract: Contract) {
    const { engine, capacity, jobTimeout = 75_000 } = this.#options
    return startWorker({
      engine,
      type,
      name: 'commitbase-http-worker',
      timeout: jobTimeout,
      ...(capacity === undefined ? {} : { capacity }),
      handle: (job, signal) => this.#handle(job, contract, signal),
      onConnection: (state) => {
        // Another engine may answer at this address when it comes back.
        this.#identity = undefined
        if (state.connected)
          this.#log({
            level: 'info',
            message: `the engine at ${engine.address} is there again for jobs of type ${type}`,
          })
        else this.#log({ level: 'warn', message: `${state.error.message}; trying on` })
      },
    })
  }

  close(): Promise<void> {
    return this.#post.close()
  }

  async #handle(job: Job, contract: Contract, signal: AbortSignal): Promise<Outcome> {
    const trace: Trace = {}
    let mask: Mask | undefined
    try {
      const secrets = await this.#options.secrets.read()
      const values = valuesToMask(secrets)
      mask = this.#maskOf(values)
      const send = (plan: Plan) => this.#send(plan, job, secrets, {}, signal)
      const plan = await contract.plan(job, secrets, send)
      if (plan.derived.length > 0) mask = maskOf([...values, ...plan.derived])
      const answer = maskedAnswer(await this.#send(plan, job, secrets, trace, signal), mask)
      trace.status = answer.status
      return this.#done(job, contract.outcomeOf(job, answer), trace, mask)
    } catch (error) {
      return this.#done(job, outcomeOfError(job, error, contract), trace, mask)
    }
  }

  /** The secrets are mostly those of the last job. */
  #maskOf(values: readonly string[]): Mask {
    const key = JSON.stringify(values)
    if (this.#lastMask?.key !== key) this.#lastMask = { key, mask: maskOf(values) }
    return this.#lastMask.mask
  }

  /** From the plan to the target's answer. */
  async #send(plan: Plan, job: Job, secrets: Secrets, trace: Trace, signal: AbortSignal): Promise<Answer> {
    const asked = urlOf(plan.url)
    const url = mapUrl(asked, this.#options.map ?? [])
    const dispatched = plan.body !== undefined && isDispatch(plan.method, url)
    trace.target = `${plan.method} ${url.origin}${url.pathname}`
    // What a dispatch carries is kept in the repository: a secret is never put into it, whoever wrote its name there.
    const used = dispatched ? plan.secrets : new Set([...plan.secrets, ...plan.bodySecrets])
    checkSecrets(used, secrets, [asked, url])
    const body = dispatched ? await this.#dispatchBody(plan, job, trace) : plan.body?.text
    const request = {
      method: plan.method,
      url,
      headers: plan.headers,
      timeout: plan.timeout,
      ...(body === undefined ? {} : { body }),
    }
    return await exchange(request, this.#post, signal)
  }

  async #dispatchBody(plan: Plan, job: Job, trace: Trace): Promise<string> {
    const { text, eventId } = withEventId(plan.body!.beforeSecrets, await this.#engineId(), job.key)
    if (eventId !== undefined) trace.eventId = eventId
    if (plan.bodySecrets.size > 0) {
      const names = [...plan.bodySecrets].join(', ')
      this.#log({
        level: 'warn',
        message: `the dispatch of job ${job.key} names ${names} in its body, which stays as it is: what a dispatch carries is kept in the repository`,
        jobKey: job.key,
      })
    }
    return text
  }

  async #engineId(): Promise<string> {
    this.#identity ??=
      this.#options.engineId === undefined ? identityOf(this.#options.engine) : Promise.resolve(this.#options.engineId)
    try {
      return await this.#identity
    } catch (error) {
      this.#identity = undefined
      throw new ExchangeFailure('network', messageOf(error), { cause: error })
    }
  }

  /** The last place where a secret could slip through. */
  #done(job: Job, outcome: Outcome, trace: Trace, mask: Mask | undefined): Outcome {
    const safe = mask ? maskedOutcome(outcome, mask) : outcome
    const { key: jobKey, processInstanceKey, elementId } = job
    const target = mask && trace.target ? mask.text(trace.target) : 'no request'
    const status = trace.status === undefined ? {} : { status: trace.status }
    const eventId = trace.eventId === undefined ? {} : { eventId: trace.eventId }
    const level = safe.type === 'fail' ? 'warn' : 'info'
    this.#log({
      level,
      message: `${target}: ${told(safe, trace.status)}`,
      jobKey,
      processInstanceKey,
      elementId,
      ...status,
      ...eventId,
    })
    return safe
  }

  #log(entry: HttpWorkerLog): void {
    this.#options.log?.(entry.message, entry)
  }
}

function outcomeOfError(job: Job, error: unknown, contract: Contract): Outcome {
  try {
    if (error instanceof ExchangeFailure) return contract.outcomeOfFailure(job, error)
  } catch (problem) {
    return { type: 'fail', message: messageOf(problem), retries: 0 }
  }
  if (error instanceof JobProblem) return { type: 'fail', message: error.message, retries: 0 }
  return { type: 'fail', message: messageOf(error), backOff: 1_000 }
}

function urlOf(text: string): URL {
  const url = URL.parse(text)
  if (!url || !(url.protocol === 'http:' || url.protocol === 'https:'))
    throw new JobProblem(`the url must be an http(s) URL; got '${text}'`)
  if (url.username !== '' || url.password !== '')
    throw new JobProblem('the url holds credentials, which are not sent: use authorization')
  return url
}

/** A secret may go where its binding says, or where the operator mapped that to. */
function checkSecrets(names: Iterable<string>, secrets: Secrets, urls: readonly URL[]): void {
  for (const name of names) {
    const secret = secrets.get(name)
    if (!secret) continue
    const reasons = urls.map((url) => whyNot(name, secret, url))
    if (!reasons.includes(undefined)) throw new JobProblem(`not sent: ${reasons[0]}`)
  }
}

function told(outcome: Outcome, status: number | undefined): string {
  const answered = status === undefined ? '' : `${status}, `
  switch (outcome.type) {
    case 'complete':
      return `${answered}job completed`
    case 'fail':
      return `${answered}job failed: ${outcome.message.slice(0, 1_000)}`
    case 'error':
      return `${answered}BPMN error ${outcome.code}`
    case 'leave':
      return `${answered}job left for somebody else to complete`
    default:
      return outcome satisfies never
  }
}
