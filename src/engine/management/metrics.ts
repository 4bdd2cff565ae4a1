import type { FastifyInstance } from 'fastify'
import type { Context } from './context.ts'

/** For Prometheus: the engine's numbers and the process'. */
export function metrics(app: FastifyInstance, { engine, meter }: Context): void {
  meter.gauge('pending_incidents_total', 'Number of pending incidents', () => engine.load.pendingIncidents)
  meter.gauge('buffered_messages_count', 'Current number of buffered messages', () => engine.load.bufferedMessages)
  meter.gauge('stream_processor_last_processed_position', "The last record's position", () => engine.load.position)
  meter.gauge('health', 'Whether commands can be executed: 1 or 0', () => (engine.healthy ? 1 : 0))
  meter.gauges(
    'long_polling_queued_current',
    'Number of requests currently queued due to long polling',
    'type',
    () => engine.load.queuedPolls,
  )
  for (const path of ['/metrics', '/actuator/prometheus']) {
    app.get(path, async (_request, reply) =>
      reply.type(meter.registry.contentType).send(await meter.registry.metrics()),
    )
  }
  app.addHook('onClose', async () => meter.registry.clear())
}
