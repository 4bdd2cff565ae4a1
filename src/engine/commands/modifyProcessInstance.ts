import { isAfterEventBasedGateway, isPlaceable, place, placeableTypes, typeOf } from '../activation.ts'
import type { ModifyProcessInstance, Response } from '../command.ts'
import type { ProcessModel } from '../compile/model.ts'
import type { ActivateInstruction } from '../instructions.ts'
import type { Key, Variables } from '../key.ts'
import { terminateAtOnce } from '../lifecycle/terminating.ts'
import { emit, modelOf, Rejected, type Run } from '../run.ts'
import type { ElementInstance } from '../state/rows.ts'

/**
 * Puts elements into a running instance, then takes element instances out, each with the scopes around it in which nothing is left: the
 * instance itself as well. What was put in begins after that.
 */
export function modifyProcessInstance(run: Run, command: ModifyProcessInstance): Response {
  const { processInstanceKey: key, activateInstructions, terminateInstructions } = command
  const root = run.state.elements.get(key)
  if (root?.scopeKey !== -1) {
    const reason = `Expected to modify process instance but no process instance found with key '${key}'`
    throw new Rejected('NOT_FOUND', 'MODIFY', reason)
  }
  check(run, root, command)
  const activated = activateInstructions.map((instruction) => ({
    ...instruction,
    ancestorScopeKeys: placeAt(run, root, instruction),
  }))
  const needed = new Set(activated.flatMap(({ ancestorScopeKeys }) => ancestorScopeKeys))
  for (const { elementInstanceKey } of terminateInstructions) takeOut(run, elementInstanceKey, needed)
  emit(run, {
    type: 'PROCESS_INSTANCE_MODIFIED',
    key,
    activateInstructions: activated,
    terminateInstructions,
  })
  return { type: 'ModifyProcessInstance' }
}

function placeAt(run: Run, root: ElementInstance, instruction: ActivateInstruction): Key[] {
  const { elementId, ancestorElementInstanceKey: ancestorKey, variableInstructions } = instruction
  const variablesOf = (id: string): Variables[] =>
    variableInstructions.flatMap(({ scopeId, variables }) =>
      (scopeId === '' ? root.bpmnProcessId : scopeId) === id ? [variables] : [],
    )
  return place(run, { root, elementId, variablesOf, command: 'MODIFY', ...(ancestorKey && { ancestorKey }) })
}

/** With the scopes around it that are left empty, unless something is put into them. It may be gone already, with a scope that was. */
function takeOut(run: Run, key: Key, needed: ReadonlySet<Key>): void {
  const instance = run.state.elements.get(key)
  if (instance === undefined) return
  refuseCalled(instance)
  terminateAtOnce(run, instance)
  const scope = run.state.elements.get(instance.scopeKey)
  if (scope !== undefined && isEmpty(run, scope) && !needed.has(scope.key)) takeOut(run, scope.key, needed)
}

function isEmpty(run: Run, scope: ElementInstance): boolean {
  return run.state.elements.count('byScope', scope.key) === 0 && scope.activeFlows === 0
}

function refuseCalled({ scopeKey, parentElementInstanceKey, bpmnProcessId }: ElementInstance): void {
  if (scopeKey !== -1 || parentElementInstanceKey === undefined) return
  throw refused(
    bpmnProcessId,
    'the given instructions would terminate the instance. The instance was created by a call activity in the parent process. To terminate this instance please modify the parent process instead.',
  )
}

/** In the real engine's order. */
function check(
  run: Run,
  root: ElementInstance,
  { activateInstructions, terminateInstructions }: ModifyProcessInstance,
) {
  const model = modelOf(run, root)
  const activates = `it contains one or more activate instructions`
  const refuseAny = (wrong: readonly (string | Key)[], what: string, then = '') => {
    if (wrong.length > 0) throw refused(model.bpmnProcessId, `${what}: '${[...new Set(wrong)].join("', '")}'${then}`)
  }
  const ids = activateInstructions.map(({ elementId }) => elementId)
  refuseAny(
    ids.filter((id) => typeOf(model, id) === undefined),
    `${activates} with an element that could not be found`,
  )
  refuseAny(
    ids.filter((id) => model.elements.has(id) && isAfterEventBasedGateway(model, id)),
    `${activates} for elements that are unsupported`,
    '. The activation of events belonging to an event-based gateway is not supported.',
  )
  const misplaced = ids.filter((id) => !isPlaceable(typeOf(model, id)!))
  const types = [...new Set(misplaced.map((id) => typeOf(model, id)))].join("', '")
  refuseAny(
    misplaced,
    `${activates} for elements that are unsupported`,
    `. The activation of elements with type '${types}' is not supported. Supported element types are: ${placeableTypes}.`,
  )
  refuseAny(
    terminateInstructions.map((one) => one.elementInstanceKey).filter((key) => !run.state.elements.get(key)),
    'it contains one or more terminate instructions with an element instance that could not be found',
  )
  checkVariables(model, activateInstructions)
  checkAncestors(run, root, activateInstructions)
}

function checkVariables(model: ProcessModel, instructions: readonly ActivateInstruction[]): void {
  const scopes = instructions.flatMap(({ elementId, variableInstructions }) =>
    variableInstructions.flatMap(({ scopeId }) => (scopeId === '' ? [] : [{ elementId, scopeId }])),
  )
  const contains = 'it contains one or more variable instructions'
  const unknown = scopes.filter(({ scopeId }) => !model.elements.has(scopeId)).map(({ scopeId }) => scopeId)
  if (unknown.length > 0) {
    const which = `'${[...new Set(unknown)].join("', '")}'`
    throw refused(model.bpmnProcessId, `${contains} with a scope element id that could not be found: ${which}`)
  }
  if (scopes.every(({ elementId, scopeId }) => elementId === scopeId || isAround(model, scopeId, elementId))) return
  throw refused(
    model.bpmnProcessId,
    `${contains} with a scope element that doesn't belong to the activating element's flow scope. These variables should be set before or after the modification.`,
  )
}

function checkAncestors(run: Run, root: ElementInstance, instructions: readonly ActivateInstruction[]): void {
  const contains = 'it contains one or more activate instructions with an ancestor scope key that'
  const chosen = instructions.flatMap(({ elementId, ancestorElementInstanceKey: key }) =>
    key === undefined ? [] : [{ elementId, key, ancestor: run.state.elements.get(key) }],
  )
  const refuseAny = (wrong: typeof chosen, what: string) => {
    const keys = [...new Set(wrong.map(({ key }) => key))].join("', '")
    if (wrong.length > 0) throw refused(root.bpmnProcessId, `${contains} ${what}: '${keys}'`)
  }
  refuseAny(
    chosen.filter(({ ancestor }) => ancestor?.state !== 'ACTIVATED'),
    'does not exist, or is not in an active state',
  )
  refuseAny(
    chosen.filter(({ ancestor }) => ancestor?.processInstanceKey !== root.key),
    'does not belong to the modified process instance',
  )
  const model = modelOf(run, root)
  const lines = chosen
    .filter(({ elementId, ancestor }) => !isAround(model, ancestor!.elementId, elementId))
    .map(
      ({ elementId, key, ancestor }) =>
        `\n- instance '${key}' of element '${ancestor!.elementId}' is not an ancestor of element '${elementId}'`,
    )
  if (lines.length > 0) {
    throw refused(root.bpmnProcessId, `${contains} is not an ancestor of the element to activate:${lines.join('')}`)
  }
}

/** Whether one element lies in another, directly or not. */
function isAround(model: ProcessModel, scopeId: string, elementId: string): boolean {
  for (let id = model.elements.get(elementId)?.scopeId; id; id = model.elements.get(id)?.scopeId) {
    if (id === scopeId) return true
  }
  return false
}

function refused(bpmnProcessId: string, why: string): Rejected {
  const reason = `Expected to modify instance of process '${bpmnProcessId}' but ${why}`
  return new Rejected('INVALID_ARGUMENT', 'MODIFY', reason)
}
