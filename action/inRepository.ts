import { openRemote } from '../src/git/remote/remote.ts'
import type { SharedRepository } from '../src/git/repository.ts'
import type { Step } from './step.ts'

/** Opens the repository of the run, does the work there, and closes it. */
export async function inRepository<T>(step: Step, work: (repository: SharedRepository) => Promise<T>): Promise<T> {
  const repository = await openRepository(step)
  // The answer is on its way while the work is still being loaded; who needs it asks again, and hears of what went wrong.
  if (maySpeak(step)) repository.head().catch(() => {})
  return await work(repository).finally(() => repository.close())
}

export async function openRepository({ inputs, run, env }: Step): Promise<SharedRepository> {
  const token = inputs.token || undefined
  // The receipts, and whatever else of ours is looked at before the first write.
  return await openRemote({ url: run.url, token, environment: env, ahead: ['refs/commitbase/'] })
}

/** Whether there is a token; a folder on the same machine asks for none. */
export function maySpeak({ inputs, run }: Step): boolean {
  return inputs.token !== '' || !/^https?:/.test(run.url)
}
