import type { FastifyInstance } from 'fastify'
import { readJson } from '../../readJson.ts'
import { cancelProcessInstance } from '../gateway/calls/cancelProcessInstance.ts'
import { createProcessInstance } from '../gateway/calls/createProcessInstance.ts'
import { createProcessInstanceWithResult } from '../gateway/calls/createProcessInstanceWithResult.ts'
import { migrateProcessInstance } from '../gateway/calls/migrateProcessInstance.ts'
import { modifyProcessInstance } from '../gateway/calls/modifyProcessInstance.ts'
import { setVariables } from '../gateway/calls/setVariables.ts'
import {
  type Body,
  intOf,
  longOf,
  objectsOf,
  referenceIn,
  required,
  requiredText,
  type Sent,
  textOf,
  textsOf,
  truthOf,
  variablesOf,
} from './body.ts'
import { type Context, callContextOf } from './context.ts'
import { definitionIn, keyIn, keyOf } from './keys.ts'
import { invalid } from './problem.ts'

interface OfInstance extends Sent {
  Params: { processInstanceKey: string }
}

interface OfElement extends Sent {
  Params: { elementInstanceKey: string }
}

export function processInstances(app: FastifyInstance, context: Context): void {
  app.post<Sent>('/v2/process-instances', async ({ body }, reply) => {
    const sent = required(body)
    const request = creationOf(sent)
    const call = callContextOf(context, reply)
    if (!truthOf(sent.awaitCompletion)) return created(await createProcessInstance(request, call))
    const fetchVariables = [...(textsOf(sent.fetchVariables) ?? [])]
    const requestTimeout = longOf(sent.requestTimeout) ?? 0
    return created(await createProcessInstanceWithResult({ request, requestTimeout, fetchVariables }, call))
  })
  app.post<OfInstance>('/v2/process-instances/:processInstanceKey/cancellation', async ({ params, body }, reply) => {
    const request = { processInstanceKey: keyIn(params, 'processInstanceKey'), ...referenceIn(body) }
    await cancelProcessInstance(request, callContextOf(context, reply))
    return reply.code(204).send()
  })
  app.post<OfInstance>('/v2/process-instances/:processInstanceKey/migration', async ({ params, body }, reply) => {
    const request = { processInstanceKey: keyIn(params, 'processInstanceKey'), ...migrationOf(required(body)) }
    await migrateProcessInstance(request, callContextOf(context, reply))
    return reply.code(204).send()
  })
  app.post<OfInstance>('/v2/process-instances/:processInstanceKey/modification', async ({ params, body }, reply) => {
    const request = { processInstanceKey: keyIn(params, 'processInstanceKey'), ...modificationOf(required(body)) }
    await modifyProcessInstance(request, callContextOf(context, reply))
    return reply.code(204).send()
  })
  app.put<OfElement>('/v2/element-instances/:elementInstanceKey/variables', async ({ params, body }, reply) => {
    const elementInstanceKey = keyIn(params, 'elementInstanceKey')
    await setVariables({ elementInstanceKey, ...settingOf(required(body)) }, callContextOf(context, reply))
    return reply.code(204).send()
  })
}

function creationOf(body: Body): Parameters<typeof createProcessInstance>[0] {
  const which = definitionIn(body, 'processDefinitionId', 'processDefinitionKey')
  return {
    bpmnProcessId: which.id,
    processDefinitionKey: which.key,
    version: intOf(body.processDefinitionVersion) ?? -1,
    variables: variablesOf(body.variables),
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
    variables: readJson(variables),
    ...keys,
  }
}

function migrationOf(body: Body) {
  const targetProcessDefinitionKey = keyOf(body.targetProcessDefinitionKey)
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

function isMapping({ sourceElementId, targetElementId }: Body): boolean {
  return (textOf(sourceElementId) ?? '').trim() !== '' && (textOf(targetElementId) ?? '').trim() !== ''
}

function modificationOf(body: Body) {
  return {
    activateInstructions: objectsOf(body.activateInstructions).map(activationOf),
    terminateInstructions: objectsOf(body.terminateInstructions).map(terminationOf),
    ...referenceIn(body),
  }
}

function activationOf(instruction: Body) {
  const elementId = requiredText(instruction, 'elementId')
  return {
    elementId,
    ancestorElementInstanceKey: keyOf(instruction.ancestorElementInstanceKey) ?? -1,
    variableInstructions: objectsOf(instruction.variableInstructions).map(({ variables, scopeId }) => ({
      variables: variablesOf(variables),
      scopeId: textOf(scopeId) ?? '',
    })),
  }
}

function terminationOf(instruction: Body): { elementInstanceKey: number } {
  const elementInstanceKey = keyOf(instruction.elementInstanceKey)
  if (elementInstanceKey === undefined) throw invalid('No elementInstanceKey provided')
  return { elementInstanceKey }
}

function settingOf(body: Body) {
  if (body.variables === undefined || body.variables === null) throw invalid('No variables provided')
  return { variables: variablesOf(body.variables), local: truthOf(body.local) ?? false, ...referenceIn(body) }
}
