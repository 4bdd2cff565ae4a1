import { setTimeout as delay } from 'node:timers/promises'
import { codeOf, messageOf } from '../errors.ts'
import { type CallName, call } from './call.ts'
import type { Engine } from './connect.ts'
import type { Job, Outcome } from './job.ts'

/**
 * Tells the engine what became of a job, again and again while the engine is away. A job that is gone (NOT_FOUND: completed by
 * somebody else, cancelled, interrupted) is nobody's error: `gone`. What the engine will never take (too large, not valid) fails
 * the job with its words. Rejects when `signal` comes or the connection is closed first, or when the engine failed ten times
 * within itself. `isSameEngine` is asked before each try (`broken`: the last one failed), since another engine at the address may
 * have another job of the same key.
 */
export async function answerJob(
  engine: Engine,
  job: Job,
  outcome: Outcome,
  signal: AbortSignal,
  isSameEngine: (broken: boolean) => Promise<boolean> = async () => true,
): Promise<'answered' | 'gone'> {
  if (outcome.type === 'leave') return 'answered'
  for (let attempt = 1; ; attempt++) {
    try {
      if (!(await isSameEngine(attempt > 1))) return 'gone'
      await call(engine, ...commandFor(job, outcome))
      return 'answered'
    } catch (error) {
      const code = codeOf(error)
      if (code === 'not_found') return 'gone'
      if (code === 'invalid' || code === 'conflict')
        return outcome.type === 'fail' ? 'gone' : answerJob(engine, job, refused(outcome, error), signal, isSameEngine)
      if (engine.closed.aborted || (code === 'internal' && attempt >= 10)) throw error
      await delay(Math.min(50 * 2 ** Math.min(attempt, 7), 5_000), undefined, { signal })
    }
  }
}

function commandFor(job: Job, outcome: Exclude<Outcome, { type: 'leave' }>): [CallName, object] {
  const common = { jobKey: job.key, variables: JSON.stringify(outcome.variables ?? {}) }
  switch (outcome.type) {
    case 'complete':
      return ['completeJobSync', common]
    case 'fail': {
      const retries = Math.max(0, outcome.retries ?? job.retries - 1)
      const retryBackOff = Math.max(0, Math.round(outcome.backOff ?? 0))
      return ['failJobSync', { ...common, retries, retryBackOff, errorMessage: shortened(outcome.message) }]
    }
    case 'error':
      return ['throwErrorSync', { ...common, errorCode: outcome.code, errorMessage: shortened(outcome.message) }]
    default:
      return outcome satisfies never
  }
}

function refused(outcome: Outcome, error: unknown): Outcome {
  return {
    type: 'fail',
    retries: 0,
    message: `the engine did not take the job's answer (${outcome.type}): ${messageOf(error)}`,
  }
}

/** Camunda's own workers cut an error's message at 6,000 characters, which the engine takes whole. */
function shortened(message: string): string {
  return message.length > 6_000 ? `${message.slice(0, 5_999)}…` : message
}
