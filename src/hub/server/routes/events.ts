import type { FastifyInstance } from 'fastify'
import { eventKey } from '../../../database/receipts/eventKey.ts'
import type { Receipt } from '../../../database/receipts/receipt.ts'
import { defaultSource } from '../../../events/dispatch.ts'
import type { Happening } from '../../happening.ts'
import type { Happenings } from '../../happenings.ts'
import type { Intake } from '../../intake/intake.ts'
import { notFound, Refusal } from '../../refusal.ts'

export interface EventsOptions {
  /** `owner/name`. */
  readonly repository: string
  readonly intake: Intake
  readonly happenings: Happenings
  readonly findReceipt: (source: string, id: string) => Promise<Receipt | undefined>
  readonly stopped: AbortSignal
  /** Resolves when git sees what the event of that key did: who is told of a commit can fetch it, or look into the folder. */
  readonly seal: (key: string) => Promise<void>
}

interface Asked {
  Params: { '*': string }
  Querystring: { source?: string; wait?: string }
}

/**
 * `GET /repos/{owner}/{repo}/events/{id}?source=&wait=`: the event's receipt; 202 while it is accepted and has none; 404 where
 * nobody knows it. `source` is the repository's unless given. `wait`: milliseconds, 30,000 at most, to wait for a receipt.
 */
export function eventsRoute(server: FastifyInstance, options: EventsOptions): void {
  const { repository, intake, findReceipt } = options
  server.get<Asked>('/repos/:owner/:repo/events/*', { config: { scope: 'read' } }, async (request, reply) => {
    const id = request.params['*']
    const { source = defaultSource(repository), wait } = request.query
    const milliseconds = readWait(wait)
    const receipt = (await findReceipt(source, id)) ?? (await waitForReceipt(source, id, milliseconds, options))
    if (receipt) {
      await options.seal(eventKey(source, id))
      return receipt
    }
    if (!intake.has(source, id)) throw notFound()
    return reply.code(202).send({ status: 'accepted' })
  })
}

const longestWait = 30_000

function readWait(wait: string | undefined): number {
  if (wait === undefined) return 0
  if (/^\d{1,9}$/.test(wait)) return Math.min(Number(wait), longestWait)
  throw new Refusal(422, `wait must be a number of milliseconds; got '${wait.slice(0, 80)}'`)
}

/** Looks again whenever something happened that may have left the receipt, until the time is over. */
async function waitForReceipt(
  source: string,
  id: string,
  milliseconds: number,
  { happenings, findReceipt, stopped }: EventsOptions,
): Promise<Receipt | undefined> {
  if (milliseconds === 0) return undefined
  const over = AbortSignal.any([AbortSignal.timeout(milliseconds), stopped])
  let next = Promise.withResolvers<void>()
  const wake = () => next.resolve()
  over.addEventListener('abort', wake)
  const silence = happenings.on((happening) => (concerns(happening, source, id) ? wake() : undefined))
  try {
    for (;;) {
      const receipt = await findReceipt(source, id)
      if (receipt || over.aborted) return receipt
      await next.promise
      next = Promise.withResolvers<void>()
    }
  } finally {
    silence()
    over.removeEventListener('abort', wake)
  }
}

/** A push may bring receipts, too. */
function concerns(happening: Happening, source: string, id: string): boolean {
  if (happening.type === 'pushed') return true
  return happening.type !== 'accepted' && happening.event.id === id && happening.event.source === source
}
