import type { DeleteResource, Response } from '../command.ts'
import type { Key } from '../key.ts'
import { emit, nextKey, Rejected, type Run } from '../run.ts'
import type { DeployedProcessRow } from '../state/rows.ts'
import { closeStartEvents, openStartEvents } from '../waiting/startEvents.ts'

/** Deletes a version of a process, of a form, or of a file of decisions with all that are in it. */
export function deleteResource(run: Run, { resourceKey }: DeleteResource): Response {
  const key = nextKey(run)
  emit(run, { type: 'RESOURCE_DELETING', key, resourceKey })
  const process = run.state.processes.get(resourceKey)
  if (process !== undefined) deleteProcess(run, process)
  else if (run.state.decisionRequirements.get(resourceKey) !== undefined) deleteDecisions(run, resourceKey)
  else if (run.state.forms.get(resourceKey) !== undefined)
    emit(run, { type: 'FORM_DELETED', key: nextKey(run), formKey: resourceKey })
  else {
    const reason = `Expected to delete resource but no resource found with key \`${resourceKey}\``
    throw new Rejected('NOT_FOUND', 'DELETE', reason)
  }
  emit(run, { type: 'RESOURCE_DELETED', key, resourceKey })
  return { type: 'DeleteResource' }
}

/** What started its latest version no longer does; what started the one before does so again. */
function deleteProcess(run: Run, process: DeployedProcessRow): void {
  const { key: processDefinitionKey, bpmnProcessId } = process
  emit(run, { type: 'PROCESS_DELETING', key: nextKey(run), processDefinitionKey })
  const [latest, before] = run.state.processes.in('byId', bpmnProcessId).toReversed()
  if (latest === process) {
    closeStartEvents(run, process)
    if (before !== undefined) openStartEvents(run, before)
  }
  if (hasInstances(run, processDefinitionKey)) {
    const reason = `Expected to delete resource with key \`${processDefinitionKey}\` but there are still running instances`
    throw new Rejected('FAILED_PRECONDITION', 'DELETE', reason, 'INVALID_STATE')
  }
  emit(run, { type: 'PROCESS_DELETED', key: nextKey(run), processDefinitionKey })
}

function hasInstances({ state }: Run, processDefinitionKey: Key): boolean {
  return state.elements.each('byScope', -1).some((instance) => instance.processDefinitionKey === processDefinitionKey)
}

function deleteDecisions(run: Run, decisionRequirementsKey: Key): void {
  for (const { key: decisionKey } of run.state.decisions.in('byRequirements', decisionRequirementsKey)) {
    emit(run, { type: 'DECISION_DELETED', key: nextKey(run), decisionKey })
  }
  emit(run, { type: 'DECISION_REQUIREMENTS_DELETED', key: nextKey(run), decisionRequirementsKey })
}
