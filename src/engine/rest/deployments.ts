import type { FastifyInstance, FastifyRequest } from 'fastify'
import { deleteResource } from '../gateway/calls/deleteResource.ts'
import { type Deployment, deployResource } from '../gateway/calls/deployResource.ts'
import { largestRequest, referenceIn, type Sent } from './body.ts'
import { type Context, callContextOf } from './context.ts'
import { keyIn } from './keys.ts'
import { Problem } from './problem.ts'

interface OfResource extends Sent {
  Params: { resourceKey: string }
}

export function deployments(app: FastifyInstance, context: Context): void {
  app.register(async (inner) => deployForms(inner, context))
  app.post<OfResource>('/v2/resources/:resourceKey/deletion', async ({ params, body }, reply) => {
    const request = { resourceKey: keyIn(params, 'resourceKey'), ...referenceIn(body) }
    await deleteResource(request, callContextOf(context, reply))
    return reply.code(204).send()
  })
}

/** Here alone a form is taken, and nothing else is. */
function deployForms(app: FastifyInstance, context: Context): void {
  app.removeAllContentTypeParsers()
  const asBytes = { parseAs: 'buffer', bodyLimit: largestRequest } as const
  app.addContentTypeParser('multipart/form-data', asBytes, ({ headers }: FastifyRequest, bytes: Buffer) =>
    formOf(bytes, headers['content-type']!),
  )
  app.post<{ Body: FormData | undefined }>('/v2/deployments', async ({ body }, reply) => {
    const request = await deploymentOf(body ?? new FormData())
    const { key, deployments, tenantId } = await deployResource(request, callContextOf(context, reply))
    return { deploymentKey: key, deployments: deployments.map(deployed), tenantId }
  })
}

/** Files named `resources`, and a tenant's id. */
async function deploymentOf(form: FormData): Promise<Parameters<typeof deployResource>[0]> {
  const files = form.getAll('resources').filter((entry) => typeof entry !== 'string')
  if (files.length === 0) throw new Problem(400, 'Bad Request', "Required part 'resources' is not present.")
  const resources = files.map(async (file) => ({ name: file.name, content: await file.bytes() }))
  return { resources: await Promise.all(resources), tenantId: String(form.get('tenantId') ?? '') }
}

async function formOf(sent: Buffer, type: string): Promise<FormData> {
  try {
    return await new Response(new Uint8Array(sent), { headers: { 'content-type': type } }).formData()
  } catch (error) {
    throw new Problem(400, 'Bad Request', 'Failed to parse multipart servlet request', { cause: error })
  }
}

/** What a resource became, in the words of the REST API. */
function deployed(deployment: Deployment): object {
  if ('process' in deployment) {
    const { bpmnProcessId, version, ...process } = deployment.process
    return {
      processDefinition: { processDefinitionId: bpmnProcessId, processDefinitionVersion: version, ...process },
    }
  }
  if ('decision' in deployment) {
    const { dmnDecisionId, dmnDecisionName, decisionKey, dmnDecisionRequirementsId, ...decision } = deployment.decision
    return {
      decisionDefinition: {
        decisionDefinitionId: dmnDecisionId,
        name: dmnDecisionName,
        decisionDefinitionKey: decisionKey,
        decisionRequirementsId: dmnDecisionRequirementsId,
        ...decision,
      },
    }
  }
  if ('form' in deployment) return deployment
  const { dmnDecisionRequirementsId, dmnDecisionRequirementsName, ...requirements } = deployment.decisionRequirements
  return {
    decisionRequirements: {
      decisionRequirementsId: dmnDecisionRequirementsId,
      decisionRequirementsName: dmnDecisionRequirementsName,
      ...requirements,
    },
  }
}
