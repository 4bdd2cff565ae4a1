import type { FastifyInstance, onRequestHookHandler } from 'fastify'
import { isoTime } from '../../../database/json/isoTime.ts'
import { defaultSource, eventFromDispatch } from '../../../events/dispatch.ts'
import { noteNew } from '../../../events/newEvents.ts'
import type { Intake } from '../../intake/intake.ts'
import { dispatchDocumentation, readDispatch } from '../../intake/readDispatch.ts'

export interface DispatchOptions {
  /** `owner/name`. */
  readonly repository: string
  readonly intake: Intake
  /** Milliseconds since 1970. */
  readonly clock: () => number
  readonly newId: () => string
}

/** `POST /repos/{owner}/{repo}/dispatches`: answered with 204 when the event is durable. */
export function dispatchRoute(server: FastifyInstance, options: DispatchOptions): void {
  const { repository, intake, clock, newId } = options
  const source = defaultSource(repository)
  const config = { scope: 'dispatch', documentation: dispatchDocumentation } as const
  server.post(
    '/repos/:owner/:repo/dispatches',
    { config, bodyLimit, onRequest: takeAnyType },
    async (request, reply) => {
      const dispatch = readDispatch((request.body as Buffer | undefined) ?? Buffer.alloc(0))
      const event = eventFromDispatch(dispatch, { newId, source, time: isoTime(clock()) })
      if (event.id !== dispatch.payload.event_id) noteNew(event)
      await intake.accept(event)
      return reply.code(204).send()
    },
  )
}

/** Bytes: more than 65,535 characters take when each of them is escaped as two UTF-16 units. */
const bodyLimit = 1 << 20

/** GitHub reads JSON whatever the content type says, and if it says nothing that is one; curl's default says a form. */
const takeAnyType: onRequestHookHandler = ({ raw }, _reply, done) => {
  raw.headers['content-type'] = 'application/json'
  done()
}
