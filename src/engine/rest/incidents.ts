import type { FastifyInstance } from 'fastify'
import { resolveIncident } from '../gateway/calls/resolveIncident.ts'
import { referenceIn, type Sent } from './body.ts'
import { type Context, callContextOf } from './context.ts'
import { keyIn } from './keys.ts'

interface OfIncident extends Sent {
  Params: { incidentKey: string }
}

export function incidents(app: FastifyInstance, context: Context): void {
  app.post<OfIncident>('/v2/incidents/:incidentKey/resolution', async ({ params, body }, reply) => {
    const request = { incidentKey: keyIn(params, 'incidentKey'), ...referenceIn(body) }
    await resolveIncident(request, callContextOf(context, reply))
    return reply.code(204).send()
  })
}
