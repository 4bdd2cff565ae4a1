import { typeOf } from '../activation.ts'
import type { MigrateProcessInstance, Response } from '../command.ts'
import type { MappingInstruction } from '../instructions.ts'
import { migrateCatchEvents } from '../migration/catchEvents.ts'
import { targetOf } from '../migration/checks.ts'
import { migrateCompensations } from '../migration/compensations.ts'
import { type Migration, refusedAsAsked, refusedAsItIs } from '../migration/migration.ts'
import { emit, modelOf, note, Rejected, type Run } from '../run.ts'
import type { ElementInstance } from '../state/rows.ts'
import { startLock } from '../state/state.ts'

/** Carries a running instance over to another process definition: its elements, outer ones first, each with what belongs to it. */
export function migrateProcessInstance(run: Run, command: MigrateProcessInstance): Response {
  const migration = plan(run, command)
  const open = [migration.root]
  for (let instance = open.shift(); instance !== undefined; instance = open.shift()) {
    migrate(run, migration, instance)
    open.push(...run.state.elements.in('byScope', instance.key))
  }
  migrateCompensations(run, migration)
  const { processInstanceKey: key, targetProcessDefinitionKey, mappingInstructions } = command
  emit(run, { type: 'PROCESS_INSTANCE_MIGRATED', key, targetProcessDefinitionKey, mappingInstructions })
  return { type: 'MigrateProcessInstance' }
}

function plan(run: Run, command: MigrateProcessInstance): Migration {
  const { processInstanceKey: key, targetProcessDefinitionKey, mappingInstructions } = command
  const root = run.state.elements.get(key)
  if (root?.scopeKey !== -1) throw notFound('', `no process instance found with key '${key}'`)
  checkTwice(root, mappingInstructions)
  const definition = run.state.processes.get(targetProcessDefinitionKey)
  if (definition === undefined) {
    const what = `no process definition found with key '${targetProcessDefinitionKey}'`
    throw notFound(' to process definition', what)
  }
  const target = run.state.models.get(targetProcessDefinitionKey)!
  const source = modelOf(run, root)
  const mapping = new Map(mappingInstructions.map((one) => [one.sourceElementId, one.targetElementId]))
  const migration = { root, source, target, definition, mapping: mapping.set(root.bpmnProcessId, target.bpmnProcessId) }
  checkStartLock(run, migration)
  checkElements(migration, mappingInstructions)
  return migration
}

function notFound(to: string, what: string): Rejected {
  return new Rejected('NOT_FOUND', 'MIGRATE', `Expected to migrate process instance${to} but ${what}`)
}

function checkTwice(root: ElementInstance, instructions: readonly MappingInstruction[]): void {
  const groups = Map.groupBy(instructions, ({ sourceElementId }) => sourceElementId)
  const twice = [...groups].flatMap(([id, group]) => (group.length > 1 ? id : []))
  if (twice.length === 0) return
  throw refusedAsAsked(root, `the mapping instructions contain duplicate source element ids '[${twice.join(', ')}]'.`)
}

function checkElements({ root, source, target }: Migration, instructions: readonly MappingInstruction[]): void {
  for (const { sourceElementId, targetElementId } of instructions) {
    for (const [side, model, id] of [
      ['source', source, sourceElementId],
      ['target', target, targetElementId],
    ] as const) {
      if (id === model.bpmnProcessId || typeOf(model, id) !== undefined) continue
      throw refusedAsAsked(
        root,
        `mapping instructions contain a non-existing ${side} element id '${id}'. Elements provided in mapping instructions must exist in the ${side} process definition.`,
      )
    }
  }
}

/** One instance a message's key, of the other process as well. */
function checkStartLock(run: Run, { root, target, definition }: Migration): void {
  const { startMessage, bpmnProcessId } = root
  if (startMessage === undefined || bpmnProcessId === target.bpmnProcessId) return
  if (!target.process.startEvents.some(({ event }) => event?.type === 'message')) return
  const { correlationKey } = startMessage
  if (run.state.elements.count('byStart', startLock(target.bpmnProcessId, correlationKey)) === 0) return
  throw refusedAsItIs(
    root,
    `target process definition '${definition.key}' has an active instance triggered by a message start event with correlation key '${correlationKey}'. Only one instance per correlation key is allowed for message start events.`,
  )
}

function migrate(run: Run, migration: Migration, before: ElementInstance): void {
  const element = targetOf(run, migration, before)
  const { key: processDefinitionKey, bpmnProcessId, version } = migration.definition
  const owner = { processDefinitionKey, bpmnProcessId, version, elementId: element.id }
  const { interruptedBy: by } = before
  const instance: ElementInstance = {
    ...before,
    ...owner,
    takenFlows: undefined,
    ...(by !== undefined && { interruptedBy: migration.mapping.get(by) ?? by }),
  }
  const { key } = instance
  emit(run, { type: 'ELEMENT_MIGRATED', key, element: instance })
  for (const job of run.state.jobs.in('byElement', key)) {
    emit(run, { type: 'JOB_MIGRATED', key: job.key, job: { ...job, ...owner } })
  }
  const { processDefinitionKey: _, version: __, ...named } = owner
  for (const incident of run.state.incidents.in('byElement', key)) {
    emit(run, {
      type: 'INCIDENT_MIGRATED',
      key: incident.key,
      incident: { ...incident, ...named, processDefinitionKey },
    })
  }
  for (const task of run.state.userTasks.in('byElement', key)) {
    emit(run, { type: 'USER_TASK_MIGRATED', key: task.key, task: { ...task, ...owner } })
  }
  for (const [name, variableKey] of Object.entries(run.state.scopes.get(key)?.keys ?? {})) {
    note(run, { type: 'VARIABLE_MIGRATED', key: variableKey, scopeKey: key, name })
  }
  if (instance.state !== 'ACTIVATING') migrateCatchEvents(run, migration, before, instance, element)
}
