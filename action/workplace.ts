import { randomBytes, randomUUID } from 'node:crypto'
import { createNewId } from '../src/database/newId.ts'
import { CommitbaseError } from '../src/errors.ts'
import type { HandlerSet } from '../src/events/handler.ts'
import { openRemote } from '../src/git/remote.ts'
import type { Workplace } from './applyRequest.ts'
import { openPublisher } from './openPublisher.ts'
import type { Step } from './step.ts'

export interface WorkplaceOptions {
  /** What wants to write, for the message when there is no token; missing where nothing does. */
  readonly writes?: string
  readonly handlers?: HandlerSet
}

/** Opens the repository of the run and the way to the engine, does the work there, and closes both. */
export async function inWorkplace<T>(
  step: Step,
  options: WorkplaceOptions,
  work: (workplace: Workplace) => Promise<T>,
): Promise<T> {
  const { workplace, close } = await openWorkplace(step, options)
  return await work(workplace).finally(close)
}

export async function openWorkplace(
  step: Step,
  options: WorkplaceOptions,
): Promise<{ workplace: Workplace; close(): Promise<void> }> {
  const { inputs, run } = step
  if (options.writes) needToken(options.writes, step)
  const repository = await openRemote({ url: run.url, token: inputs.token || undefined, environment: step.env })
  const publisher = openPublisher(step)
  const close = async () => {
    await publisher?.close()
    await repository.close()
  }
  try {
    const branch = await repository.head()
    step.say(`${run.url}, ${branch}`)
    const newId = createNewId({ now: Date.now, random: randomBytes })
    const context = { branch, basedir: inputs.basedir, handlers: options.handlers, clock: Date.now, newId }
    return { workplace: { repository, holder: randomUUID(), context, publisher }, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** A folder on the same machine asks for none. */
function needToken(what: string, { inputs, run }: Step): void {
  if (inputs.token || !/^https?:/.test(run.url)) return
  throw new CommitbaseError(
    'invalid',
    `${what} needs the input 'github_token': give a token that may write contents, such as \${{ secrets.GITHUB_TOKEN }}`,
  )
}
