import type { ActivatedJob } from '../command.ts'
import { CommandRejected } from '../runtime/commandRejected.ts'
import type { Runtime } from '../runtime/runtime.ts'

/** Makes jobs that reached nobody activatable again, with the retries they had. One that is gone meanwhile needs nothing. */
export async function giveBack(runtime: Runtime, jobs: readonly ActivatedJob[]): Promise<void> {
  await Promise.all(jobs.map((job) => giveBackOne(runtime, job)))
}

async function giveBackOne(runtime: Runtime, { key, retries }: ActivatedJob): Promise<void> {
  const errorMessage = 'the worker left before it got the job'
  try {
    await runtime.execute({ type: 'FailJob', jobKey: key, retries, errorMessage, retryBackOff: 0, variables: {} })
  } catch (error) {
    if (!(error instanceof CommandRejected)) throw error
  }
}
