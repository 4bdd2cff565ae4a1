import { CommitbaseError, codeOf, messageOf } from '../errors.ts'
import type { Message, Publisher } from '../events/messages/message.ts'
import { call } from './call.ts'
import type { Engine } from './connect.ts'

/**
 * Hands messages to an engine. ALREADY_EXISTS is success: the engine has the message from an earlier try. Throws `invalid` where it
 * will never take it, `unauthorized` where the credentials are wrong, and for all else `unavailable`: a message has an id of its own, so it may always be sent again.
 */
export function publisherTo(engine: Engine): Publisher {
  return { publish: (message) => publish(engine, message) }
}

export async function publish(engine: Engine, message: Message): Promise<void> {
  const variables = JSON.stringify(message.variables)
  if (Buffer.byteLength(variables) > largest) throw tooLarge(message, Buffer.byteLength(variables))
  try {
    const { name, correlationKey, timeToLive, messageId } = message
    await call(engine, 'publishMessageSync', { name, correlationKey, timeToLive, messageId, variables })
  } catch (error) {
    const code = codeOf(error)
    if (code === 'conflict') return
    if (code === 'internal') throw new CommitbaseError('unavailable', messageOf(error), { cause: error })
    throw error
  }
}

/** The engine takes 4 MB a gRPC message; what is left is for the names around the variables. */
const largest = 4 * 1024 * 1024 - 64 * 1024

function tooLarge({ name, messageId }: Message, bytes: number): CommitbaseError {
  return new CommitbaseError(
    'invalid',
    `the variables of message ${name} (${messageId}) are ${bytes} bytes; an engine takes at most ${largest}: publish less, and read the rest from the database`,
  )
}
