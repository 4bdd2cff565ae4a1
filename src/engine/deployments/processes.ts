import { emit, nextKey } from '../run.ts'
import type { DeployedProcessRow } from '../state/rows.ts'
import { type State, versionAfter } from '../state/state.ts'
import { startTimerProblems } from '../waiting/startEvents.ts'
import { asVersion, type ResourceKind } from './deployment.ts'

/** The executable processes of a BPMN file. One whose file has the content and the name of its latest version's is a duplicate. */
export const processes: ResourceKind = {
  plan({ run, key: deploymentKey, processes }, resource) {
    const { name, content: xml, models } = resource
    const other = processes.find(({ row }) => models.some(({ bpmnProcessId }) => bpmnProcessId === row.bpmnProcessId))
    const problems = startTimerProblems(run, resource)
    if (problems !== undefined) return problems
    if (other !== undefined) return `Duplicated process id in resources '${other.row.resourceName}' and '${name}'`
    for (const model of models) {
      const { bpmnProcessId, versionTag, checksum } = model
      const latest = latestProcess(run.state, bpmnProcessId)
      if (latest?.checksum === checksum && latest.resourceName === name) {
        processes.push({ row: latest, model, resource, duplicate: true })
        continue
      }
      const key = nextKey(run)
      const version = nextVersion(run.state, bpmnProcessId)
      const tagged = versionTag === undefined ? {} : { versionTag }
      const row = { key, bpmnProcessId, version, ...tagged, resourceName: name, checksum, deploymentKey, xml }
      processes.push({ row, model, resource, duplicate: false })
    }
    return undefined
  },
  create(deployment, resource) {
    const { run } = deployment
    for (const planned of deployment.processes.filter((process) => process.resource === resource)) {
      planned.row = asVersion(deployment, planned, nextVersion(run.state, planned.row.bpmnProcessId))
      emit(run, { type: 'PROCESS_CREATED', key: planned.row.key, process: planned.row, model: planned.model })
    }
  },
}

function latestProcess(state: State, bpmnProcessId: string): DeployedProcessRow | undefined {
  return state.processes.in('byId', bpmnProcessId).at(-1)
}

function nextVersion(state: State, bpmnProcessId: string): number {
  return versionAfter(state, 'process', bpmnProcessId, latestProcess(state, bpmnProcessId)?.version)
}
