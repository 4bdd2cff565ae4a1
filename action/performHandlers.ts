import type { SharedRepository } from '../src/git/repository.ts'
import { applyRequest } from './applyRequest.ts'
import { handlersAt } from './handlersAt.ts'
import type { Request } from './inputs.ts'
import { readDispatch } from './readEvent.ts'
import { type Report, reportOutcome } from './report.ts'
import type { Step } from './step.ts'
import { inWorkplace } from './workplace.ts'

/** The dispatch of the run, given to the handler of its type. */
export async function performHandlers(
  { path }: Request & { kind: 'handlers' },
  step: Step,
  repository: SharedRepository,
): Promise<Report> {
  const { event, fault } = await readDispatch(step.run, step.inputs, new Date().toISOString())
  const handlers = await handlersAt(path, step.run)
  return await inWorkplace(step, { repository, writes: 'a handler', handlers }, async (workplace) => {
    step.say(`${event.type} as event ${event.id}, handlers of ${path}`)
    return reportOutcome(event.type, await applyRequest({ event, fault }, workplace, false), step.run)
  })
}
