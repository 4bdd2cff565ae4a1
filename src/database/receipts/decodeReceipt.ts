import { CommitbaseError, messageOf } from '../../errors.ts'
import { readJson } from '../../readJson.ts'
import { isObject } from '../json/json.ts'
import type { Receipt } from './receipt.ts'

/** The receipt that a file holds. Throws `internal` where it holds none. */
export function decodeReceipt(bytes: Buffer, path: string): Receipt {
  const receipt = parseFile<Receipt>(bytes, path)
  const { seq, event, digest, status, messages } = Object(receipt)
  const { id, source, type } = Object(event)
  const isWhole = Number.isSafeInteger(seq) && statuses.has(status) && Array.isArray(messages) && messages.every(isOwed)
  if (isWhole && [id, source, type, digest].every((each) => typeof each === 'string')) return receipt
  throw new CommitbaseError('internal', `${path} of the receipts holds no receipt`)
}

const statuses: ReadonlySet<string> = new Set(['done', 'refused', 'failed'] satisfies Receipt['status'][])

/** Whoever delivers takes it as it is: another would stop all that come behind it. */
function isOwed(message: unknown): boolean {
  const { name, correlationKey, variables, timeToLive, messageId } = Object(message)
  const areTexts = [name, correlationKey, messageId].every((each) => typeof each === 'string')
  return areTexts && isObject(variables) && Number.isSafeInteger(timeToLive) && timeToLive >= 0
}

/** The last place that was given. Throws `internal` where the file does not say it. */
export function decodeLast(bytes: Buffer, path: string): number {
  const { seq } = Object(parseFile(bytes, path))
  if (Number.isSafeInteger(seq)) return seq
  throw new CommitbaseError('internal', `${path} of the receipts says no place`)
}

function parseFile<T>(bytes: Buffer, path: string): T {
  try {
    return readJson(bytes.toString()) as T
  } catch (error) {
    throw new CommitbaseError('internal', `${path} of the receipts is not JSON: ${messageOf(error)}`, { cause: error })
  }
}
