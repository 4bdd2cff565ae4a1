import { evaluate } from '../../feel/evaluate.ts'
import type { DeployedProcess, DeployResource, Key, Response } from '../command.ts'
import type { CompiledResource, ProcessModel } from '../compile/model.ts'
import { emit, nextKey, Rejected, type Run } from '../run.ts'
import type { DeployedProcessRow } from '../state.ts'

/** Deploys processes: a resource whose content is that of the latest version of its process makes no new version. */
export function deployResource(run: Run, command: DeployResource): Response {
  checkResources(command.resources)
  const key = nextKey(run)
  const processes = command.resources.flatMap((resource) =>
    resource.models.map((model) => deployProcess(run, key, resource, model)),
  )
  emit(run, { type: 'DEPLOYMENT_CREATED', key, processDefinitionKeys: processes.map((p) => p.processDefinitionKey) })
  for (const { processDefinitionKey } of processes) moveStartSubscriptions(run, key, processDefinitionKey)
  return { type: 'DeployResource', key, processes }
}

function checkResources(resources: readonly CompiledResource[]): void {
  if (resources.length === 0) {
    throw new Rejected('INVALID_ARGUMENT', 'CREATE', 'Expected to deploy at least one resource, but none given')
  }
  const problems = resources.flatMap((resource) => resource.problems ?? [])
  if (problems.length > 0) throw refused(problems.join('\n'))
  const seen = new Map<string, string>()
  for (const { name, models } of resources) {
    for (const { bpmnProcessId } of models) {
      const first = seen.get(bpmnProcessId)
      if (first !== undefined) throw refused(`Duplicated process id in resources '${first}' and '${name}'`)
      seen.set(bpmnProcessId, name)
    }
  }
}

function refused(problems: string): Rejected {
  return new Rejected(
    'INVALID_ARGUMENT',
    'CREATE',
    `Expected to deploy new resources, but encountered the following errors:\n${problems}`,
  )
}

function deployProcess(run: Run, deploymentKey: Key, resource: CompiledResource, model: ProcessModel): DeployedProcess {
  const { bpmnProcessId, checksum } = model
  const latest = run.state.processes.in('byId', bpmnProcessId).at(-1)
  if (latest?.checksum === checksum && latest.resourceName === resource.name) return answerOf(latest)
  const process: DeployedProcessRow = {
    key: nextKey(run),
    bpmnProcessId,
    version: (latest?.version ?? 0) + 1,
    resourceName: resource.name,
    checksum,
    deploymentKey,
    xml: resource.content,
  }
  emit(run, { type: 'PROCESS_CREATED', key: process.key, process, model })
  return answerOf(process)
}

/** Only the latest version of a process is started by messages. */
function moveStartSubscriptions(run: Run, deploymentKey: Key, processDefinitionKey: Key): void {
  const process = run.state.processes.get(processDefinitionKey)!
  if (process.deploymentKey !== deploymentKey) return
  const { bpmnProcessId } = process
  const model = run.state.models.get(processDefinitionKey)!
  for (const old of run.state.startSubscriptions.in('byProcess', bpmnProcessId)) {
    emit(run, { type: 'MESSAGE_START_EVENT_SUBSCRIPTION_DELETED', key: old.key })
  }
  for (const { id: startEventId, event } of model.process.startEvents) {
    if (event?.type !== 'message') continue
    const key = nextKey(run)
    const messageName = String(evaluate(event.name, { get: () => undefined }, run.now).value)
    emit(run, {
      type: 'MESSAGE_START_EVENT_SUBSCRIPTION_CREATED',
      key,
      subscription: { key, processDefinitionKey, bpmnProcessId, startEventId, messageName },
    })
  }
}

function answerOf({ bpmnProcessId, version, key, resourceName }: DeployedProcessRow): DeployedProcess {
  return { bpmnProcessId, version, processDefinitionKey: key, resourceName }
}
