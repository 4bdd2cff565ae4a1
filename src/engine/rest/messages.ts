import type { FastifyInstance } from 'fastify'
import { broadcastSignal } from '../gateway/calls/broadcastSignal.ts'
import { publishMessage } from '../gateway/calls/publishMessage.ts'
import { checkedBodyOf, documentOf, integerOf, requiredBodyOf, textOf } from './body.ts'
import { type Context, callContextOf } from './context.ts'
import { invalid } from './problem.ts'

export function messages(app: FastifyInstance, context: Context): void {
  app.post('/v2/messages/publication', async ({ body }, reply) => {
    const { key, ...rest } = await publishMessage(publicationOf(body), callContextOf(context, reply))
    return { messageKey: key, ...rest }
  })
  app.post('/v2/signals/broadcast', async ({ body }, reply) => {
    const { key, ...rest } = await broadcastSignal(signalOf(body), callContextOf(context, reply))
    return { signalKey: key, ...rest }
  })
}

function publicationOf(sent: unknown): Parameters<typeof publishMessage>[0] {
  requiredBodyOf(sent)
  const body = checkedBodyOf(sent)
  return {
    name: requiredText(body, 'name'),
    correlationKey: textOf(body.correlationKey) ?? '',
    timeToLive: integerOf(body.timeToLive) ?? 0,
    messageId: textOf(body.messageId) ?? '',
    variables: documentOf(body.variables),
    tenantId: textOf(body.tenantId) ?? '',
  }
}

function signalOf(sent: unknown): Parameters<typeof broadcastSignal>[0] {
  requiredBodyOf(sent)
  const body = checkedBodyOf(sent)
  return {
    signalName: requiredText(body, 'signalName'),
    variables: documentOf(body.variables),
    tenantId: textOf(body.tenantId) ?? '',
  }
}

function requiredText(body: Record<string, unknown>, name: string): string {
  const text = textOf(body[name]) ?? ''
  if (text.trim() === '') throw invalid(`No ${name} provided`)
  return text
}
