import type { FastifyInstance } from 'fastify'
import { cancelProcessInstance } from '../gateway/calls/cancelProcessInstance.ts'
import { createProcessInstance } from '../gateway/calls/createProcessInstance.ts'
import { createProcessInstanceWithResult } from '../gateway/calls/createProcessInstanceWithResult.ts'
import { migrateProcessInstance } from '../gateway/calls/migrateProcessInstance.ts'
import { modifyProcessInstance } from '../gateway/calls/modifyProcessInstance.ts'
import { setVariables } from '../gateway/calls/setVariables.ts'
import {
  bodyOf,
  checkedBodyOf,
  documentOf,
  integerOf,
  keyOf,
  objectsOf,
  referenceIn,
  requiredBodyOf,
  sentKeyOf,
  textOf,
  textsOf,
} from './body.ts'
import { type Context, callContextOf } from './context.ts'
import { oneOf } from './oneOf.ts'
import { invalid } from './problem.ts'

interface OfInstance {
  Params: { processInstanceKey: string }
}

interface OfElement {
  Params: { elementInstanceKey: string }
}

export function processInstances(app: FastifyInstance, context: Context): void {
  app.post('/v2/process-instances', async ({ body }, reply) => {
    requiredBodyOf(body)
    const sent = checkedBodyOf(body)
    const request = creationOf(sent)
    const call = callContextOf(context, reply)
    if (sent.awaitCompletion !== true) return created(await createProcessInstance(request, call))
    const fetchVariables = [...(textsOf(sent.fetchVariables) ?? [])]
    const requestTimeout = integerOf(sent.requestTimeout) ?? 0
    return created(await createProcessInstanceWithResult({ request, requestTimeout, fetchVariables }, call))
  })
  app.post<OfInstance>('/v2/process-instances/:processInstanceKey/cancellation', async ({ params, body }, reply) => {
    const request = { processInstanceKey: keyIn(params), ...referenceIn(bodyOf(body) ?? {}) }
    await cancelProcessInstance(request, callContextOf(context, reply))
    return reply.code(204).send()
  })
  app.post<OfInstance>('/v2/process-instances/:processInstanceKey/migration', async ({ params, body }, reply) => {
    const request = { processInstanceKey: keyIn(params), ...migrationOf(body) }
    await migrateProcessInstance(request, callContextOf(context, reply))
    return reply.code(204).send()
  })
  app.post<OfInstance>('/v2/process-instances/:processInstanceKey/modification', async ({ params, body }, reply) => {
    const request = { processInstanceKey: keyIn(params), ...modificationOf(body) }
    await modifyProcessInstance(request, callContextOf(context, reply))
    return reply.code(204).send()
  })
  app.put<OfElement>('/v2/element-instances/:elementInstanceKey/variables', async ({ params, body }, reply) => {
    const elementInstanceKey = keyOf(params.elementInstanceKey, 'elementInstanceKey')
    await setVariables({ elementInstanceKey, ...settingOf(body) }, callContextOf(context, reply))
    return reply.code(204).send()
  })
}

function keyIn({ processInstanceKey }: OfInstance['Params']): number {
  return keyOf(processInstanceKey, 'processInstanceKey')
}

function creationOf(body: Record<string, unknown>): Parameters<typeof createProcessInstance>[0] {
  const which = oneOf(body, 'processDefinitionId', 'processDefinitionKey')
  return {
    bpmnProcessId: which.id,
    processDefinitionKey: which.key,
    version: integerOf(body.processDefinitionVersion) ?? -1,
    variables: documentOf(body.variables),
    startInstructions: objectsOf(body.startInstructions).map(({ elementId }) => ({
      elementId: textOf(elementId) ?? '',
    })),
    tenantId: textOf(body.tenantId) ?? '',
    ...referenceIn(body),
  }
}

/** Variables where the caller has waited for them. */
type Created = Awaited<ReturnType<typeof createProcessInstance>> & { variables?: string }

function created({ bpmnProcessId, version, variables = '{}', ...keys }: Created): object {
  return {
    processDefinitionId: bpmnProcessId,
    processDefinitionVersion: version,
    variables: JSON.parse(variables),
    ...keys,
  }
}

function migrationOf(sent: unknown) {
  const body = requiredBodyOf(sent)
  const targetProcessDefinitionKey = sentKeyOf(body.targetProcessDefinitionKey)
  const mappings = objectsOf(body.mappingInstructions)
  const violations = [
    ...(targetProcessDefinitionKey === undefined ? ['No targetProcessDefinitionKey provided'] : []),
    ...(mappings.length === 0 ? ['No mappingInstructions provided'] : []),
    ...(mappings.every(isMapping) ? [] : ['All [sourceElementId, targetElementId] are required']),
  ]
  if (violations.length > 0) throw invalid(...violations)
  const mappingInstructions = mappings.map(({ sourceElementId, targetElementId }) => ({
    sourceElementId: String(sourceElementId),
    targetElementId: String(targetElementId),
  }))
  const migrationPlan = { targetProcessDefinitionKey: targetProcessDefinitionKey!, mappingInstructions }
  return { migrationPlan, ...referenceIn(body) }
}

function isMapping({ sourceElementId, targetElementId }: Record<string, unknown>): boolean {
  return (textOf(sourceElementId) ?? '').trim() !== '' && (textOf(targetElementId) ?? '').trim() !== ''
}

function modificationOf(sent: unknown) {
  requiredBodyOf(sent)
  const body = checkedBodyOf(sent)
  return {
    activateInstructions: objectsOf(body.activateInstructions).map(activationOf),
    terminateInstructions: objectsOf(body.terminateInstructions).map(terminationOf),
    ...referenceIn(body),
  }
}

function activationOf(instruction: Record<string, unknown>) {
  const elementId = textOf(instruction.elementId) ?? ''
  if (elementId.trim() === '') throw invalid('No elementId provided')
  return {
    elementId,
    ancestorElementInstanceKey: sentKeyOf(instruction.ancestorElementInstanceKey) ?? -1,
    variableInstructions: objectsOf(instruction.variableInstructions).map(({ variables, scopeId }) => ({
      variables: documentOf(variables),
      scopeId: textOf(scopeId) ?? '',
    })),
  }
}

function terminationOf(instruction: Record<string, unknown>): { elementInstanceKey: number } {
  const elementInstanceKey = sentKeyOf(instruction.elementInstanceKey)
  if (elementInstanceKey === undefined) throw invalid('No elementInstanceKey provided')
  return { elementInstanceKey }
}

function settingOf(sent: unknown) {
  requiredBodyOf(sent)
  const body = checkedBodyOf(sent)
  if (body.variables === undefined || body.variables === null) throw invalid('No variables provided')
  return { variables: documentOf(body.variables), local: body.local === true, ...referenceIn(body) }
}
