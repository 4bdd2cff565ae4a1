import { status } from '@grpc/grpc-js'
import { CommitbaseError } from '../../errors.ts'
import type { Message, Publisher } from '../../events/messages/message.ts'
import { asDocument } from '../gateway/document.ts'
import { statusOf } from '../gateway/status.ts'
import type { Runtime } from './runtime.ts'

/**
 * Hands messages to an engine in this process, as a gateway would that is asked over gRPC, without the way there. A message that
 * the engine has already (ALREADY_EXISTS) is taken. Throws `invalid` where it will never be, else `unavailable`.
 */
export function publisherTo(runtime: Pick<Runtime, 'execute'>): Publisher {
  return { publish: (message) => publish(runtime, message) }
}

async function publish(runtime: Pick<Runtime, 'execute'>, message: Message): Promise<void> {
  const { name, correlationKey, timeToLive, messageId } = message
  try {
    const variables = asDocument(message.variables)
    await runtime.execute({ type: 'PublishMessage', name, correlationKey, timeToLive, messageId, variables })
  } catch (error) {
    const { code, details } = statusOf(error)
    if (code === status.ALREADY_EXISTS) return
    throw new CommitbaseError(code === status.INVALID_ARGUMENT ? 'invalid' : 'unavailable', details, { cause: error })
  }
}
