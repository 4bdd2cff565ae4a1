import { randomBytes, randomUUID } from 'node:crypto'
import { createNewId } from '../src/database/tables/newId.ts'
import { CommitbaseError } from '../src/errors.ts'
import type { HandlerSet } from '../src/events/handlers/handler.ts'
import type { SharedRepository } from '../src/git/repository.ts'
import type { Workplace } from './applyRequest.ts'
import { maySpeak } from './inRepository.ts'
import { openPublisher } from './openPublisher.ts'
import type { Step } from './step.ts'

export interface WorkplaceOptions {
  readonly repository: SharedRepository
  /** What wants to write, for the message when there is no token; missing where nothing does. */
  readonly writes?: string
  readonly handlers?: HandlerSet
}

/** Opens the way to the engine, does the work in the repository, and closes what it has opened. */
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
  { repository, writes, handlers }: WorkplaceOptions,
): Promise<{ workplace: Workplace; close(): Promise<void> }> {
  if (writes && !maySpeak(step)) {
    throw new CommitbaseError(
      'invalid',
      `${writes} needs the input 'github_token': give a token that may write contents, such as \${{ secrets.GITHUB_TOKEN }}`,
    )
  }
  const branch = await repository.head()
  step.say(`${step.run.url}, ${branch}`)
  const newId = createNewId({ now: Date.now, random: randomBytes })
  const context = { branch, basedir: step.inputs.basedir, handlers, clock: Date.now, newId }
  const publisher = openPublisher(step)
  return {
    workplace: { repository, holder: randomUUID(), context, publisher },
    close: async () => await publisher?.close(),
  }
}
