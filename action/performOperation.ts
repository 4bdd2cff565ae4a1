import { writes } from '../src/database/operations/operations.ts'
import type { SharedRepository } from '../src/git/repository.ts'
import { applyRequest } from './applyRequest.ts'
import type { Request } from './inputs.ts'
import { readOperationEvent } from './readEvent.ts'
import { readOperation } from './readOperation.ts'
import { type Report, reportOutcome } from './report.ts'
import type { Step } from './step.ts'
import { inWorkplace } from './workplace.ts'

/** One operation on the database, as an event of its own. */
export async function performOperation(
  request: Request & { kind: 'operation' },
  step: Step,
  repository: SharedRepository,
): Promise<Report> {
  const { name } = request
  const { event, fault } = await readOperationEvent(step.run, step.inputs, new Date().toISOString())
  const read = readOperation(name, request.parameters)
  return await inWorkplace(step, { repository, writes: writes(name) ? name : undefined }, async (workplace) => {
    step.say(`${name} as event ${event.id}`)
    const outcome = await applyRequest({ event, ...read, fault: fault ?? read.fault }, workplace, !writes(name))
    return reportOutcome(name, outcome, step.run)
  })
}
