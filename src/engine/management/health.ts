import type { FastifyInstance } from 'fastify'
import type { Context } from './context.ts'

/** Those of a self-managed Zeebe: for probes and load balancers. */
const paths = [
  '/health',
  '/ready',
  '/startup',
  '/actuator/health',
  '/actuator/health/status',
  '/actuator/health/readiness',
  '/actuator/health/liveness',
  '/actuator/health/startup',
]

/** 200 and `UP` while commands are executed; 503 and `DOWN` while they are not, for instance because nothing can be stored. */
export function health(app: FastifyInstance, { engine }: Context): void {
  for (const path of paths) {
    app.get(path, (_request, reply) =>
      reply.code(engine.healthy ? 200 : 503).send({ status: engine.healthy ? 'UP' : 'DOWN' }),
    )
  }
}
