import type { Command } from '../command.ts'
import type { DeployedProcessRow } from '../state.ts'
import type { RecordsOf } from './mapping.ts'
import { md5 } from './process.ts'
import { type Draft, defaultTenant, type Value } from './record.ts'

export const deploymentRecords = {
  DEPLOYMENT_CREATED: ({ key, processDefinitionKeys }, { state }) => {
    const processes = processDefinitionKeys.map((processKey) => state.processes.get(processKey)!)
    const value = deploymentValue({
      processesMetadata: processes.map((process) => metadataOf(process, process.deploymentKey !== key)),
      deploymentKey: key,
    })
    return [{ valueType: 'DEPLOYMENT', intent: 'CREATED', key, value, recordVersion: 2 }]
  },
} satisfies Partial<RecordsOf>

/** The client's command: it brings the resources. */
export function deploymentCommand({ resources }: Extract<Command, { type: 'DeployResource' }>): Draft {
  const value = deploymentValue({
    resources: resources.map(({ name, content }) => ({
      resource: Buffer.from(content).toString('base64'),
      resourceName: name,
    })),
  })
  return { valueType: 'DEPLOYMENT', intent: 'CREATE', key: -1, value }
}

function deploymentValue(given: Value): Value {
  return {
    resources: [],
    processesMetadata: [],
    decisionsMetadata: [],
    decisionRequirementsMetadata: [],
    formMetadata: [],
    tenantId: defaultTenant,
    deploymentKey: -1,
    ...given,
  }
}

function metadataOf(process: DeployedProcessRow, duplicate: boolean): Value {
  return {
    bpmnProcessId: process.bpmnProcessId,
    version: process.version,
    versionTag: '',
    processDefinitionKey: process.key,
    resourceName: process.resourceName,
    checksum: md5(process.xml),
    duplicate,
    tenantId: defaultTenant,
    deploymentKey: process.deploymentKey,
  }
}
