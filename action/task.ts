import { runGuarded } from '../src/events/handlers/strayErrors.ts'
import type { Job, Outcome, Variables } from '../src/zeebe/job.ts'
import type { Octokit } from './octokit.ts'
import type { Runner } from './runner.ts'
import type { Send } from './sender.ts'

/** What a task may use besides its job. */
export interface TaskContext {
  /** What zeebe-action handed to its tasks of @actions/core. */
  readonly core: Runner
  /** GitHub's REST interface with the step's token, as zeebe-action handed it to its tasks. */
  readonly octokit: Octokit
  /** Has an event handled by the input `handlers`, as if it had been dispatched, and gives its receipt. */
  readonly send: Send
  /** Who the engine is, for ids that no other engine's job has. */
  readonly engineId: string
}

/** How the tasks of zeebe-action answer; a task may as well give an outcome, such as `{ type: 'complete', variables }`. */
interface Complete {
  success(variables?: Variables): void
  failure(message: string, retries?: number): void
  error(code: string, message?: string): void
  /** Somebody else completes the job. */
  forwarded(): void
}

export type Task = (job: Job & OnJob, complete: Complete, context: TaskContext) => unknown

/** The same answers where zeebe-node has had them since 1.0. */
interface OnJob {
  complete: Complete['success']
  fail: Complete['failure']
  error: Complete['error']
  forward: Complete['forwarded']
}

/** Runs a task until it has given an outcome or called for one, whichever comes first. Rejects with what it throws. */
export function runTask(task: Task, job: Job, context: TaskContext): Promise<Outcome> {
  const { promise, resolve, reject } = Promise.withResolvers<Outcome>()
  const complete: Complete = {
    success: (variables) => resolve({ type: 'complete', variables }),
    failure: (message, retries) => resolve({ type: 'fail', message, retries }),
    error: (code, message = '') => resolve({ type: 'error', code, message }),
    forwarded: () => resolve({ type: 'leave' }),
  }
  const onJob = {
    complete: complete.success,
    fail: complete.failure,
    error: complete.error,
    forward: complete.forwarded,
  }
  runGuarded(() => task({ ...job, ...onJob }, complete, context)).then(
    (given) => isOutcome(given) && resolve(given),
    reject,
  )
  return promise
}

function isOutcome(value: unknown): value is Outcome {
  const types: readonly unknown[] = ['complete', 'fail', 'error', 'leave'] satisfies Outcome['type'][]
  return typeof value === 'object' && value !== null && 'type' in value && types.includes(value.type)
}
