import type { DecisionRequirements } from '../../dmn/model.ts'
import { checksumOf } from '../compile/moddle.ts'
import type { CompiledResource } from '../compile/model.ts'
import { emit, nextKey } from '../run.ts'
import type { DecisionRequirementsRow, DecisionRow } from '../state/rows.ts'
import type { State } from '../state/state.ts'
import { asVersion, type Deployment, type Planned, type ResourceKind } from './deployment.ts'

/**
 * A DMN file: its requirements and its decisions, each with a version. It is a duplicate if its content and its name are those of the
 * latest version and no other file has brought a later version of one of its decisions.
 */
export const decisions: ResourceKind = {
  plan(deployment, resource) {
    const { decisions: model } = resource
    if (model === undefined) return undefined
    const problem = takenId(deployment, model, resource.name)
    if (problem !== undefined) return problem
    const requirements = planRequirements(deployment, resource, model)
    deployment.decisionRequirements.push({ ...requirements, model })
    deployment.decisions.push(...planDecisions(deployment, requirements, model))
    return undefined
  },
  create(deployment, resource) {
    const { run } = deployment
    for (const planned of deployment.decisionRequirements.filter((file) => file.resource === resource)) {
      planned.row = asVersion(deployment, planned, planned.row.version + 1)
      const { key } = planned.row
      emit(run, { type: 'DECISION_REQUIREMENTS_CREATED', key, requirements: planned.row, model: planned.model })
      for (const decision of deployment.decisions.filter((candidate) => candidate.resource === resource)) {
        const row = asVersion(deployment, decision, decision.row.version + 1)
        decision.row = { ...row, decisionRequirementsKey: key }
        emit(run, { type: 'DECISION_CREATED', key: row.key, decision: decision.row })
      }
    }
  },
}

function planRequirements(
  { run, key: deploymentKey }: Deployment,
  resource: CompiledResource,
  model: DecisionRequirements,
): Planned<DecisionRequirementsRow> {
  const { id: decisionRequirementsId, name, namespace } = model
  const { name: resourceName, content: xml } = resource
  const checksum = checksumOf(xml)
  const latest = run.state.decisionRequirements.in('byId', decisionRequirementsId).at(-1)
  const isSame = latest?.resourceName === resourceName && latest.checksum === checksum
  if (isSame && hasLatestDecisions(run.state, latest, model)) return { row: latest, resource, duplicate: true }
  const version = (latest?.version ?? 0) + 1
  const key = nextKey(run)
  const row = { key, decisionRequirementsId, name, version, namespace, resourceName, checksum, deploymentKey, xml }
  return { row, resource, duplicate: false }
}

function hasLatestDecisions(state: State, { key }: DecisionRequirementsRow, model: DecisionRequirements): boolean {
  return [...model.decisions.keys()].every((id) => latestDecision(state, id)?.decisionRequirementsKey === key)
}

function planDecisions(
  { run, key: deploymentKey }: Deployment,
  { row, resource }: Planned<DecisionRequirementsRow>,
  model: DecisionRequirements,
): Planned<DecisionRow>[] {
  const { key: decisionRequirementsKey, decisionRequirementsId } = row
  return [...model.decisions.values()].map(({ id: decisionId, name, versionTag }) => {
    const latest = latestDecision(run.state, decisionId)
    if (latest?.decisionRequirementsKey === decisionRequirementsKey) return { row: latest, resource, duplicate: true }
    const of = { decisionRequirementsId, decisionRequirementsKey, deploymentKey }
    const tagged = versionTag === undefined ? {} : { versionTag }
    const version = (latest?.version ?? 0) + 1
    return { row: { key: nextKey(run), decisionId, name, version, ...tagged, ...of }, resource, duplicate: false }
  })
}

function latestDecision(state: State, decisionId: string): DecisionRow | undefined {
  return state.decisions.in('byId', decisionId).at(-1)
}

/** That another file of the deployment has the id of this one, or of a decision in it. */
function takenId(deployment: Deployment, model: DecisionRequirements, name: string): string | undefined {
  const file = deployment.decisionRequirements.find(({ row }) => row.decisionRequirementsId === model.id)
  if (file !== undefined) return duplicated('decision requirements', model.id, file.row.resourceName, name)
  const decision = deployment.decisions.find(({ row }) => model.decisions.has(row.decisionId))
  return decision && duplicated('decision', decision.row.decisionId, decision.resource.name, name)
}

function duplicated(what: string, id: string, first: string, second: string): string {
  return `Expected the ${what} ids to be unique within a deployment but found a duplicated id '${id}' in the resources '${first}' and '${second}'.`
}
