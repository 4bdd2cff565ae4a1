import type { FastifyInstance } from 'fastify'

/** There is none: the engine is free. Clients of a Zeebe ask for it. */
export function license(app: FastifyInstance): void {
  app.get('/v2/license', () => ({ validLicense: false, licenseType: 'unknown' }))
}
