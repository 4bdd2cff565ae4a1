import { isAfterEventBasedGateway, isPlaceable, placeableTypes, typeOf } from '../activation.ts'
import type { CreateProcessInstance, Response } from '../command.ts'
import type { ProcessModel } from '../compile/model.ts'
import { createInstance } from '../instances.ts'
import { Rejected, type Run } from '../run.ts'
import type { DeployedProcessRow } from '../state/rows.ts'

/** Starts an instance at the none start event of a process, or at the elements that are named. */
export function createProcessInstance(run: Run, command: CreateProcessInstance): Response {
  const process = findProcess(run, command)
  const model = run.state.models.get(process.key)!
  const startAt = (command.startInstructions ?? []).map(({ elementId }) => elementId)
  checkStarts(model, startAt)
  if (startAt.length === 0 && model.process.startEventId === undefined) {
    throw new Rejected(
      'FAILED_PRECONDITION',
      'CREATE',
      'Expected to create instance of process with none start event, but there is no such event',
      'INVALID_STATE',
    )
  }
  const processInstanceKey = createInstance(run, process, command.variables, startAt)
  const { key: processDefinitionKey, bpmnProcessId, version } = process
  return { type: 'CreateProcessInstance', processDefinitionKey, bpmnProcessId, version, processInstanceKey }
}

/** In the real engine's order: one thing for all elements, then the next. */
function checkStarts(model: ProcessModel, startAt: readonly string[]): void {
  refuseWhere(
    startAt,
    (id) => typeOf(model, id) === undefined,
    (id) => `no element found with id '${id}'.`,
  )
  refuseWhere(
    startAt,
    (id) => isInMultiInstance(model, id),
    (id) =>
      `the element with id '${id}' is inside a multi-instance subprocess. The creation of elements inside a multi-instance subprocess is not supported.`,
  )
  refuseWhere(
    startAt,
    (id) => !isPlaceable(typeOf(model, id)!),
    (id) =>
      `the element with id '${id}' targets unsupported element type '${typeOf(model, id)}'. Supported element types are: ${placeableTypes}`,
  )
  refuseWhere(
    startAt,
    (id) => isAfterEventBasedGateway(model, id),
    (id) =>
      `the element with id '${id}' belongs to an event-based gateway. The creation of elements belonging to an event-based gateway is not supported.`,
  )
}

function refuseWhere(ids: readonly string[], isWrong: (id: string) => boolean, what: (id: string) => string): void {
  const wrong = ids.find(isWrong)
  if (wrong === undefined) return
  const reason = `Expected to create instance of process with start instructions but ${what(wrong)}`
  throw new Rejected('INVALID_ARGUMENT', 'CREATE', reason)
}

function isInMultiInstance(model: ProcessModel, elementId: string): boolean {
  const scope = model.elements.get(model.elements.get(elementId)?.scopeId ?? '')
  return scope !== undefined && (scope.multiInstance !== undefined || isInMultiInstance(model, scope.id))
}

function findProcess(run: Run, command: CreateProcessInstance): DeployedProcessRow {
  const { bpmnProcessId = '', version = -1, processDefinitionKey = 0 } = command
  if (bpmnProcessId === '') {
    const process = run.state.processes.get(processDefinitionKey)
    if (process !== undefined) return process
    if (processDefinitionKey < 0) {
      const reason = 'Expected at least a bpmnProcessId or a key greater than -1, but none given'
      throw new Rejected('INVALID_ARGUMENT', 'CREATE', reason)
    }
    throw notFound(`with key '${processDefinitionKey}'`)
  }
  const versions = run.state.processes.in('byId', bpmnProcessId)
  const latest = version < 0
  const process = latest ? versions.at(-1) : versions.find((candidate) => candidate.version === version)
  if (process !== undefined) return process
  throw notFound(`with process ID '${bpmnProcessId}'${latest ? '' : ` and version '${version}'`}`)
}

function notFound(which: string): Rejected {
  return new Rejected('NOT_FOUND', 'CREATE', `Expected to find process definition ${which}, but none found`)
}
