import type { FastifyInstance, FastifyReply } from 'fastify'
import { type ControlledClock, isControlled } from '../runtime/controlledClock.ts'
import type { Context } from './context.ts'

/**
 * Zeebe's clock endpoint, in its words: `add` (`offsetMilli`), `pin` (`epochMilli`), DELETE to reset. When it answers, what
 * came due has happened.
 */
export function clock(app: FastifyInstance, context: Context): void {
  app.get('/actuator/clock', () => timeOf(context))
  app.post<Move>('/actuator/clock/:operation', (request, reply) => {
    const { operation } = request.params
    if (operation === 'pin') return pin(request.body?.epochMilli, context, reply)
    if (operation === 'add') return add(request.body?.offsetMilli, context, reply)
    const known = `Expected to either \`pin\` or \`add\` to the clock, but no operation named \`${operation}\` is known; make sure you wrote the correct path`
    return reply.code(400).send(known)
  })
  app.delete('/actuator/clock', (_request, reply) =>
    moved(context, reply, 'Expected to reset the clock, but the clock is immutable', (controlled) =>
      controlled.reset(),
    ),
  )
}

interface Move {
  Params: { operation: string }
  Body: { epochMilli?: unknown; offsetMilli?: unknown } | undefined
}

function pin(instant: unknown, context: Context, reply: FastifyReply) {
  if (!isInstant(instant)) {
    return reply.code(400).send('Expected pin the clock to the given `epochMilli`, but none given')
  }
  const immutable = 'Expected to pin the clock to the given time, but it is immutable'
  return moved(context, reply, immutable, (controlled) => controlled.pin(instant))
}

function add(milliseconds: unknown, context: Context, reply: FastifyReply) {
  if (!isInstant(milliseconds) || !isInstant(context.clock.now() + milliseconds)) {
    return reply.code(400).send('Expected to add `offsetMilli` to the clock, but none given')
  }
  const immutable = 'Expected to add time to the clock, but it is immutable'
  return moved(context, reply, immutable, (controlled) => controlled.add(milliseconds))
}

/** Dates end 275,760 years after Christ: of a clock beyond that nothing could tell the time. */
function isInstant(value: unknown): value is number {
  return Number.isInteger(value) && !Number.isNaN(new Date(value as number).getTime())
}

async function moved(
  context: Context,
  reply: FastifyReply,
  immutable: string,
  move: (clock: ControlledClock) => void,
): Promise<unknown> {
  if (!isControlled(context.clock)) return reply.code(403).send(immutable)
  move(context.clock)
  await context.engine.catchUp()
  return timeOf(context)
}

function timeOf({ clock }: Context): { epochMilli: number; instant: string } {
  const epochMilli = clock.now()
  return { epochMilli, instant: new Date(epochMilli).toISOString() }
}
