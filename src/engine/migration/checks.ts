import { isAfterEventBasedGateway } from '../activation.ts'
import type { ElementModel } from '../compile/model.ts'
import type { Catcher } from '../definitions/definition.ts'
import { isInner, type Run } from '../run.ts'
import { bodyType, type ElementInstance } from '../state/rows.ts'
import { catchersOf } from '../waiting/catchers.ts'
import { type Migration, refusedAsItIs } from './migration.ts'

const migratable = new Set([
  'PROCESS',
  'SERVICE_TASK',
  'USER_TASK',
  'SUB_PROCESS',
  'CALL_ACTIVITY',
  'INTERMEDIATE_CATCH_EVENT',
  'RECEIVE_TASK',
  'EVENT_SUB_PROCESS',
  'EXCLUSIVE_GATEWAY',
  'EVENT_BASED_GATEWAY',
  'BUSINESS_RULE_TASK',
  'SCRIPT_TASK',
  'SEND_TASK',
  bodyType,
])

/** The element that an element instance becomes. Throws where it cannot, in the real engine's order and words. */
export function targetOf(run: Run, migration: Migration, instance: ElementInstance): ElementModel {
  const { root, source, target, mapping } = migration
  const { elementId, elementType } = instance
  checkType(migration, instance)
  const targetId = mapping.get(elementId)
  if (targetId === undefined) {
    throw refusedAsItIs(
      root,
      `no mapping instruction defined for active element with id '${elementId}'. Elements cannot be migrated without a mapping.`,
    )
  }
  const element = target.elements.get(targetId)!
  const targetType = element.multiInstance !== undefined && !isInner(run, instance) ? bodyType : element.type
  if (targetType !== elementType) {
    throw refusedAsItIs(
      root,
      `active element with id '${elementId}' and type '${elementType}' is mapped to an element with id '${targetId}' and different type '${targetType}'. Elements must be mapped to elements of the same type.`,
    )
  }
  checkImplementation(migration, instance, element)
  checkScope(run, migration, instance, element)
  const before = catchersOf(run, instance, source.elements.get(elementId)!)
  const after = catchersOf(run, { ...instance, processDefinitionKey: migration.definition.key }, element)
  checkKinds(migration, instance, element, before, after)
  checkMappedEvents(migration, instance, element, before, after)
  checkLoop(migration, instance, element)
  if (instance.activeFlows > 0) {
    throw refusedAsItIs(root, 'a concurrent command was executed on the process instance. Please retry the migration.')
  }
  return element
}

function checkType({ root, source }: Migration, { elementId, elementType }: ElementInstance): void {
  if (!migratable.has(elementType)) {
    throw refusedAsItIs(
      root,
      `active element with id '${elementId}' has an unsupported type. The migration of a ${elementType} is not supported.`,
    )
  }
  if (elementType !== 'INTERMEDIATE_CATCH_EVENT' || !isAfterEventBasedGateway(source, elementId)) return
  throw refusedAsItIs(
    root,
    `active element with id '${elementId}' is an intermediate catch event attached to an event-based gateway. Migrating active events attached to an event-based gateway is not possible yet.`,
  )
}

function checkImplementation(
  { root, source }: Migration,
  { elementId, elementType }: ElementInstance,
  to: ElementModel,
) {
  if (elementType !== 'USER_TASK') return
  const from = implementationOf(source.elements.get(elementId)!)
  if (from === implementationOf(to)) return
  throw refusedAsItIs(
    root,
    `active user task with id '${elementId}' and implementation '${from}' is mapped to an user task with id '${to.id}' and different implementation '${implementationOf(to)}'. Elements must be mapped to elements of the same implementation.`,
  )
}

function implementationOf({ kind }: ElementModel): string {
  return kind === 'serviceTask' ? 'job worker' : 'zeebe user task'
}

/** The scope around it is migrated already. */
function checkScope(run: Run, { root }: Migration, instance: ElementInstance, to: ElementModel): void {
  const scope = run.state.elements.get(instance.scopeKey)
  if (scope === undefined || isInner(run, instance) || scope.elementId === to.scopeId) return
  throw refusedAsItIs(
    root,
    `the flow scope of active element with id '${instance.elementId}' is changed. The flow scope of the active element is expected to be '${scope.elementId}' but was '${to.scopeId}'. The flow scope of an element cannot be changed during migration yet.`,
  )
}

const migratableEvents = ['message', 'timer', 'signal', 'error', 'escalation']

function checkKinds(
  { root, source, definition }: Migration,
  { elementId }: ElementInstance,
  to: ElementModel,
  before: readonly Catcher[],
  after: readonly Catcher[],
): void {
  const subProcesses = 'has one or more event subprocesses with start events of types'
  const yet = 'Migrating event subprocesses with start events of these types is not possible yet.'
  const boundaries = 'has one or more boundary events of types'
  const refuse = (types: readonly string[], who: string, what: string, then: string) => {
    if (types.length > 0) throw refusedAsItIs(root, `${who} ${what} '${types.join(',')}'. ${then}`)
  }
  const at = (place: Catcher['place'], catchers: readonly Catcher[]) =>
    catchers.flatMap(({ place: found, event }) =>
      found === place && !migratableEvents.includes(event.type) ? [event.type.toUpperCase()] : [],
    )
  refuse(at('eventSubProcess', before), `active process with id '${source.bpmnProcessId}'`, subProcesses, yet)
  refuse(at('eventSubProcess', after), `target process with id '${definition.bpmnProcessId}'`, subProcesses, yet)
  refuse(
    at('boundary', before),
    `active element with id '${elementId}'`,
    boundaries,
    'Migrating active elements with boundary events of these types is not possible yet.',
  )
  refuse(
    at('boundary', after),
    `target element with id '${to.id}'`,
    boundaries,
    'Migrating target elements with boundary events of these types is not possible yet.',
  )
}

/** An event that is mapped stays on its element, alone and of its kind. */
function checkMappedEvents(
  { root, mapping }: Migration,
  { elementId }: ElementInstance,
  to: ElementModel,
  before: readonly Catcher[],
  after: readonly Catcher[],
): void {
  const mapped = before.filter((catcher) => mapping.has(catcher.elementId))
  const newIdOf = (catcher: Catcher): string => mapping.get(catcher.elementId)!
  for (const catcher of mapped) {
    if (after.some(({ elementId: id }) => id === newIdOf(catcher))) continue
    throw refusedAsItIs(
      root,
      `active element with id '${elementId}' is mapped to an element with id '${to.id}' and has a catch event with id '${catcher.elementId}' that is mapped to a catch event with id '${newIdOf(catcher)}'. These mappings detach the catch event from the element in the target process. Catch events must stay attached to the same element instance.`,
    )
  }
  for (const [id, merged] of Map.groupBy(mapped, newIdOf)) {
    if (merged.length === 1) continue
    const ids = merged.map((catcher) => catcher.elementId).sort()
    throw refusedAsItIs(
      root,
      `active element with id '${elementId}' has a catch event attached that is mapped to a catch event with id '${id}'. There are multiple mapping instructions that target this catch event: '${ids.join("', '")}'. Catch events cannot be merged by process instance migration. Please ensure the mapping instructions target a catch event only once.`,
    )
  }
  for (const catcher of mapped) {
    const is = catcher.event.type.toUpperCase()
    const becomes = after.find(({ elementId: id }) => id === newIdOf(catcher))!.event.type.toUpperCase()
    if (is === becomes) continue
    throw refusedAsItIs(
      root,
      `active element with id '${elementId}' has a catch event with id '${catcher.elementId}' that is mapped to a catch event with id '${newIdOf(catcher)}'. These catch events have different event types: '${is}' and '${becomes}'. The event type of a catch event cannot be changed by process instance migration. Please ensure the event type of the catch event remains the same or remove the mapping instruction for these catch events.`,
    )
  }
}

function checkLoop({ root, source }: Migration, { elementId }: ElementInstance, to: ElementModel): void {
  const { multiInstance } = source.elements.get(elementId)!
  if (multiInstance?.sequential === to.multiInstance?.sequential) return
  throw refusedAsItIs(
    root,
    `active element with id '${elementId}' has a different loop characteristics than the target element with id '${to.id}'. Both elements must have either sequential or parallel loop characteristics.`,
  )
}
