import type { FastifyInstance } from 'fastify'

/**
 * `GET /time`: what time it is, for processes that ask somebody else. `time` is ISO 8601; `hour`, `minute` and `second` are
 * those of `timezone`, which is UTC. Needs no token: it tells nothing.
 */
export function timeRoute(server: FastifyInstance, clock: () => number): void {
  server.get('/time', async () => {
    const now = new Date(clock())
    return {
      time: now.toISOString(),
      unixtime: Math.floor(now.getTime() / 1000),
      hour: now.getUTCHours(),
      minute: now.getUTCMinutes(),
      second: now.getUTCSeconds(),
      timezone: 'UTC',
    }
  })
}
