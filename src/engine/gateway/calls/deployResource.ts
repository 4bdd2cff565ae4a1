import type { DeployedProcess, DeployResource, Key } from '../../command.ts'
import { compileResource } from '../../compile/compileResource.ts'
import type { ResponseTo } from '../../runtime/runtime.ts'
import type { DecisionRequirementsRow, DecisionRow, FormRow } from '../../state/rows.ts'
import { defaultTenant } from '../../tenant.ts'
import type { UnaryCall } from '../context.ts'
import { decodeResource } from '../decodeResource.ts'
import { checkTenant } from '../tenant.ts'

interface DeployResourceRequest {
  resources: { name: string; content: Uint8Array }[]
  tenantId: string
}

interface DeployResourceResponse {
  key: Key
  deployments: Deployment[]
  tenantId: string
}

type OfTenant<Metadata> = Metadata & { tenantId: string }

/** What became of a resource. */
export type Deployment =
  | { process: OfTenant<DeployedProcess> }
  | { decision: OfTenant<ReturnType<typeof decisionMetadata>> }
  | { decisionRequirements: OfTenant<ReturnType<typeof decisionRequirementsMetadata>> }
  | { form: OfTenant<ReturnType<typeof formMetadata>> }

export const deployResource: UnaryCall<DeployResourceRequest, DeployResourceResponse> = async (
  request,
  { runtime },
) => {
  checkTenant('DeployResource', request.tenantId)
  const resources = await Promise.all(request.resources.map((resource) => compileResource(decodeResource(resource))))
  const response = await runtime.execute({ type: 'DeployResource', resources })
  return { key: response.key, deployments: deploymentsOf(response), tenantId: defaultTenant }
}

/** In the real gateway's order. */
function deploymentsOf(response: ResponseTo<DeployResource>): Deployment[] {
  return [
    ...response.processes.map((process) => ({ process: ofTenant(process) })),
    ...response.decisions.map((row) => ({ decision: ofTenant(decisionMetadata(row)) })),
    ...response.decisionRequirements.map((row) => ({
      decisionRequirements: ofTenant(decisionRequirementsMetadata(row)),
    })),
    ...response.forms.map((row) => ({ form: ofTenant(formMetadata(row)) })),
  ]
}

function ofTenant<Metadata>(metadata: Metadata): OfTenant<Metadata> {
  return { ...metadata, tenantId: defaultTenant }
}

function decisionMetadata(row: DecisionRow) {
  return {
    dmnDecisionId: row.decisionId,
    dmnDecisionName: row.name,
    version: row.version,
    decisionKey: row.key,
    dmnDecisionRequirementsId: row.decisionRequirementsId,
    decisionRequirementsKey: row.decisionRequirementsKey,
  }
}

function decisionRequirementsMetadata(row: DecisionRequirementsRow) {
  return {
    dmnDecisionRequirementsId: row.decisionRequirementsId,
    dmnDecisionRequirementsName: row.name,
    version: row.version,
    decisionRequirementsKey: row.key,
    resourceName: row.resourceName,
  }
}

function formMetadata({ formId, version, key: formKey, resourceName }: FormRow) {
  return { formId, version, formKey, resourceName }
}
