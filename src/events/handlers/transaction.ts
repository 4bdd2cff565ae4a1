import { asJson } from '../../database/json/json.ts'
import type { DatabaseTransaction } from '../../database/transactions/transaction.ts'
import { type Code, CommitbaseError, messageOf } from '../../errors.ts'
import { defaultTimeToLive, type Message, type MessageDraft } from '../messages/message.ts'

/** What a handler reads, writes and publishes through. Reads see its own writes; all of it lands together, or nothing does. */
export interface Transaction extends Omit<DatabaseTransaction, 'changed' | 'finish'> {
  /** Sends a message to the engine once the commit has landed. Throws `invalid` where the draft is none. */
  publish(message: MessageDraft): void
  /** Ends the handler: nothing of it lands, and the receipt says why. With `invalid`, `conflict` or `not_found` it is final. */
  refuse(code: Code, message: string): never
}

/** One run of a handler: its transaction, the messages it has published, and an end after which it can do nothing more. */
export interface OpenTransaction {
  readonly tx: Transaction
  readonly messages: readonly Message[]
  close(): void
}

/** Lets a handler publish through a database transaction; `key` is the event's, from which message ids are made. */
export function openTransaction(database: DatabaseTransaction, key: string): OpenTransaction {
  const messages: Message[] = []
  let open = true
  const tx: Transaction = {
    get: (...call) => database.get(...call),
    findOne: (...call) => database.findOne(...call),
    findMany: (...call) => database.findMany(...call),
    find: (...call) => database.find(...call),
    count: (...call) => database.count(...call),
    explain: (...call) => database.explain(...call),
    blob: (...call) => database.blob(...call),
    insert: (...call) => database.insert(...call),
    upsert: (...call) => database.upsert(...call),
    patch: (...call) => database.patch(...call),
    updateOne: (...call) => database.updateOne(...call),
    updateMany: (...call) => database.updateMany(...call),
    deleteOne: (...call) => database.deleteOne(...call),
    deleteMany: (...call) => database.deleteMany(...call),
    dropTable: (...call) => database.dropTable(...call),
    dropDatabase: () => database.dropDatabase(),
    tables: (...call) => database.tables(...call),
    history: (...call) => database.history(...call),
    diff: (...call) => database.diff(...call),
    changes: (...call) => database.changes(...call),
    revert: (...call) => database.revert(...call),
    publish: (draft) => {
      if (!open) throw new CommitbaseError('unavailable', 'the handler has ended; this message came too late')
      messages.push(messageFrom(draft, `${key}-${messages.length}`))
    },
    refuse: (code, message) => {
      throw new CommitbaseError(code, message)
    },
  }
  const close = () => {
    open = false
  }
  return { tx, messages, close }
}

function messageFrom(draft: MessageDraft, messageId: string): Message {
  const { name, correlationKey, variables = {}, timeToLive = defaultTimeToLive } = draft
  if (typeof name !== 'string' || name === '') throw invalid('name', 'a text that is not empty', name)
  if (typeof correlationKey !== 'string' && !Number.isFinite(correlationKey))
    throw invalid('correlationKey', 'a text or a number', correlationKey)
  if (typeof variables !== 'object' || variables === null || Array.isArray(variables))
    throw invalid('variables', 'an object', variables)
  if (!Number.isSafeInteger(timeToLive) || timeToLive < 0)
    throw invalid('timeToLive', 'milliseconds from 0 on', timeToLive)
  return { name, correlationKey: String(correlationKey), variables: copied(variables), timeToLive, messageId }
}

/** As they will arrive: what is changed later is not in the message. */
function copied(variables: Message['variables']): Message['variables'] {
  try {
    const copy = asJson(variables, refuseFunctions)
    if (copy !== undefined) return copy
    throw new TypeError('they have no JSON')
  } catch (error) {
    throw new CommitbaseError('invalid', `a message's variables must be JSON: ${messageOf(error)}`, { cause: error })
  }
}

/** JSON leaves functions out without a word. */
function refuseFunctions(key: string, value: unknown): unknown {
  if (typeof value === 'function') throw new TypeError(`'${key}' is a function`)
  return value
}

function invalid(what: string, expected: string, came: unknown): CommitbaseError {
  return new CommitbaseError(
    'invalid',
    `a message's ${what} must be ${expected}; got ${JSON.stringify(came)?.slice(0, 80)}`,
  )
}
