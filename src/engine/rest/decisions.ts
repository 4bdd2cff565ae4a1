import type { FastifyInstance } from 'fastify'
import { evaluateDecision } from '../gateway/calls/evaluateDecision.ts'
import { type Body, required, type Sent, textOf, variablesOf } from './body.ts'
import { type Context, callContextOf } from './context.ts'
import { definitionIn } from './keys.ts'

export function decisions(app: FastifyInstance, context: Context): void {
  app.post<Sent>('/v2/decision-definitions/evaluation', async ({ body }, reply) => {
    return evaluationOf(await evaluateDecision(requestOf(required(body)), callContextOf(context, reply)))
  })
}

function requestOf(body: Body): Parameters<typeof evaluateDecision>[0] {
  const { id, key } = definitionIn(body, 'decisionDefinitionId', 'decisionDefinitionKey')
  return {
    decisionId: id,
    decisionKey: key,
    variables: variablesOf(body.variables),
    tenantId: textOf(body.tenantId) ?? '',
  }
}

type Evaluation = Awaited<ReturnType<typeof evaluateDecision>>

function evaluationOf(evaluation: Evaluation): object {
  const { evaluatedDecisions, decisionOutput, failedDecisionId, failureMessage, ...rest } = evaluation
  return {
    ...renamed(rest),
    output: decisionOutput ?? '',
    failedDecisionDefinitionId: failedDecisionId ?? '',
    failureMessage: failureMessage ?? '',
    evaluatedDecisions: evaluatedDecisions.map(({ decisionOutput: output, decisionType, ...decision }) => ({
      ...renamed(decision),
      decisionDefinitionType: decisionType,
      output,
    })),
  }
}

/** A decision, in the words of the REST API. */
function renamed<Rest extends Named>({ decisionId, decisionName, decisionKey, decisionVersion, ...rest }: Rest) {
  return {
    ...rest,
    decisionDefinitionId: decisionId,
    decisionDefinitionName: decisionName,
    decisionDefinitionKey: decisionKey,
    decisionDefinitionVersion: decisionVersion,
  }
}

interface Named {
  decisionId: string
  decisionName: string
  decisionKey: number
  decisionVersion: number
}
