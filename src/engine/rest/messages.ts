import type { FastifyInstance } from 'fastify'
import { broadcastSignal } from '../gateway/calls/broadcastSignal.ts'
import { publishMessage } from '../gateway/calls/publishMessage.ts'
import { type Body, longOf, required, requiredText, type Sent, textOf, variablesOf } from './body.ts'
import { type Context, callContextOf } from './context.ts'

export function messages(app: FastifyInstance, context: Context): void {
  app.post<Sent>('/v2/messages/publication', async ({ body }, reply) => {
    const { key, ...rest } = await publishMessage(publicationOf(required(body)), callContextOf(context, reply))
    return { messageKey: key, ...rest }
  })
  app.post<Sent>('/v2/signals/broadcast', async ({ body }, reply) => {
    const { key, ...rest } = await broadcastSignal(signalOf(required(body)), callContextOf(context, reply))
    return { signalKey: key, ...rest }
  })
}

function publicationOf(body: Body): Parameters<typeof publishMessage>[0] {
  return {
    name: requiredText(body, 'name'),
    correlationKey: textOf(body.correlationKey) ?? '',
    timeToLive: longOf(body.timeToLive) ?? 0,
    messageId: textOf(body.messageId) ?? '',
    variables: variablesOf(body.variables),
    tenantId: textOf(body.tenantId) ?? '',
  }
}

function signalOf(body: Body): Parameters<typeof broadcastSignal>[0] {
  return {
    signalName: requiredText(body, 'signalName'),
    variables: variablesOf(body.variables),
    tenantId: textOf(body.tenantId) ?? '',
  }
}
