import type { Command } from '../command.ts'
import type { Key } from '../key.ts'
import type { DeployedProcessRow } from '../state/rows.ts'
import { defaultTenant } from '../tenant.ts'
import { decisionValue } from './decision.ts'
import { decisionRequirementsMetadata } from './decisionRequirements.ts'
import { formMetadata } from './form.ts'
import type { RecordsOf } from './mapping.ts'
import { md5 } from './process.ts'
import type { Draft, Value } from './record.ts'

export const deploymentRecords = {
  DEPLOYMENT_CREATED: ({ key, ...deployed }, { state }) => {
    const isOld = ({ deploymentKey }: { deploymentKey: Key }): boolean => deploymentKey !== key
    const processes = deployed.processDefinitionKeys.map((processKey) => state.processes.get(processKey)!)
    const decisions = deployed.decisionKeys.map((decisionKey) => state.decisions.get(decisionKey)!)
    const files = deployed.decisionRequirementsKeys.map((fileKey) => state.decisionRequirements.get(fileKey)!)
    const forms = deployed.formKeys.map((formKey) => state.forms.get(formKey)!)
    const value = deploymentValue({
      processesMetadata: processes.map((process) => metadataOf(process, isOld(process))),
      decisionsMetadata: decisions.map((decision) => decisionValue(decision, isOld(decision))),
      decisionRequirementsMetadata: files.map((file) => decisionRequirementsMetadata(file, isOld(file))),
      formMetadata: forms.map((form) => formMetadata(form, isOld(form))),
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
    versionTag: process.versionTag ?? '',
    processDefinitionKey: process.key,
    resourceName: process.resourceName,
    checksum: md5(process.xml),
    duplicate,
    tenantId: defaultTenant,
    deploymentKey: process.deploymentKey,
  }
}
