import type { DeployedProcess, DeployResource, Response } from '../command.ts'
import type { CompiledResource } from '../compile/model.ts'
import { unboundIn } from '../deployments/bindings.ts'
import { decisions } from '../deployments/decisions.ts'
import { type Deployment, newDeployment, type ResourceKind } from '../deployments/deployment.ts'
import { forms } from '../deployments/forms.ts'
import { processes } from '../deployments/processes.ts'
import { emit, Rejected, type Run } from '../run.ts'
import type { DeployedProcessRow } from '../state/rows.ts'
import {
  closeStartSubscriptions,
  closeStartTimers,
  openStartSubscriptions,
  openStartTimers,
} from '../waiting/startEvents.ts'

const kinds: readonly ResourceKind[] = [processes, decisions, forms]

/** Deploys resources, all or none. What is the latest version already makes no new one, unless something else of the deployment is new. */
export function deployResource(run: Run, { resources }: DeployResource): Response {
  if (resources.length === 0)
    throw new Rejected('INVALID_ARGUMENT', 'CREATE', 'Expected to deploy at least one resource, but none given')
  const deployment = newDeployment(run)
  planAll(deployment, resources)
  if (hasNews(deployment)) for (const resource of resources) for (const kind of kinds) kind.create(deployment, resource)
  const rows = rowsOf(deployment)
  const news = rows.processes
    .filter(({ deploymentKey }) => deploymentKey === deployment.key)
    .map((process) => ({ process, replaced: replacedBy(run, process) }))
  for (const { process, replaced } of news) {
    if (replaced) closeStartTimers(run, replaced)
    openStartTimers(run, process)
  }
  emit(run, {
    type: 'DEPLOYMENT_CREATED',
    key: deployment.key,
    processDefinitionKeys: rows.processes.map(({ key }) => key),
    decisionRequirementsKeys: rows.decisionRequirements.map(({ key }) => key),
    decisionKeys: rows.decisions.map(({ key }) => key),
    formKeys: rows.forms.map(({ key }) => key),
  })
  for (const { process, replaced } of news) {
    if (replaced) closeStartSubscriptions(run, replaced)
    openStartSubscriptions(run, process)
  }
  return { type: 'DeployResource', key: deployment.key, ...rows, processes: rows.processes.map(answerOf) }
}

/** Throws, with all of the problems, where there is one. */
function planAll(deployment: Deployment, resources: readonly CompiledResource[]): void {
  const problems = resources.flatMap((resource) => {
    const found = resource.problems ?? kinds.map((kind) => kind.plan(deployment, resource)).find(Boolean)
    return found ?? []
  })
  if (problems.length === 0) problems.push(...resources.flatMap((resource) => unboundIn(deployment, resource) ?? []))
  if (problems.length === 0) return
  const message = `Expected to deploy new resources, but encountered the following errors:\n${problems.join('\n')}`
  throw new Rejected('INVALID_ARGUMENT', 'CREATE', message)
}

function hasNews({ processes, decisionRequirements, forms }: Deployment): boolean {
  return [processes, decisionRequirements, forms].some((planned) => planned.some(({ duplicate }) => !duplicate))
}

function rowsOf({ processes, decisionRequirements, decisions, forms }: Deployment) {
  return {
    processes: processes.map(({ row }) => row),
    decisionRequirements: decisionRequirements.map(({ row }) => row),
    decisions: decisions.map(({ row }) => row),
    forms: forms.map(({ row }) => row),
  }
}

/** The version that was started by events until now. */
function replacedBy(run: Run, { bpmnProcessId, version }: DeployedProcessRow): DeployedProcessRow | undefined {
  return run.state.processes.in('byId', bpmnProcessId).findLast((other) => other.version < version)
}

function answerOf({ bpmnProcessId, version, key, resourceName }: DeployedProcessRow): DeployedProcess {
  return { bpmnProcessId, version, processDefinitionKey: key, resourceName }
}
