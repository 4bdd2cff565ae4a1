import type { FastifyInstance } from 'fastify'
import { deleteResource } from '../gateway/calls/deleteResource.ts'
import { type Deployment, deployResource } from '../gateway/calls/deployResource.ts'
import { bodyOf, keyOf, referenceIn } from './body.ts'
import { type Context, callContextOf } from './context.ts'
import { Problem } from './problem.ts'

export function deployments(app: FastifyInstance, context: Context): void {
  app.post('/v2/deployments', async ({ body, headers }, reply) => {
    const request = await deploymentOf(body, headers['content-type'])
    const { key, deployments, tenantId } = await deployResource(request, callContextOf(context, reply))
    return { deploymentKey: key, deployments: deployments.map(deployed), tenantId }
  })
  app.post<{ Params: { resourceKey: string } }>(
    '/v2/resources/:resourceKey/deletion',
    async ({ params, body }, reply) => {
      const resourceKey = keyOf(params.resourceKey, 'resourceKey')
      await deleteResource({ resourceKey, ...referenceIn(bodyOf(body) ?? {}) }, callContextOf(context, reply))
      return reply.code(204).send()
    },
  )
}

/** A form with files named `resources`, and a tenant's id. */
async function deploymentOf(sent: unknown, type = ''): Promise<Parameters<typeof deployResource>[0]> {
  if (!Buffer.isBuffer(sent))
    throw new Problem(415, 'Unsupported Media Type', `Content-Type '${type}' is not supported.`)
  const form = await formOf(sent, type)
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
