import type { FastifyInstance } from 'fastify'
import type { AuditLog } from '../../access/audit.ts'

/** `GET /repos/{owner}/{repo}/audit`: which requests were refused, a line of JSON each, as far as they are kept; the last one last. */
export function auditRoute(server: FastifyInstance, audit: AuditLog): void {
  server.get('/repos/:owner/:repo/audit', { config: { scope: 'admin' } }, async (_request, reply) =>
    reply.type('application/x-ndjson').send(await audit.read()),
  )
}
