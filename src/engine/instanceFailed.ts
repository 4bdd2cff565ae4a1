import { messageOf } from '../errors.ts'
import type { Key } from './key.ts'

/** The engine itself failed at what was due of one instance, of which the others shall not suffer. */
export class InstanceFailed extends Error {
  readonly processInstanceKey: Key

  constructor(processInstanceKey: Key, cause: unknown) {
    super(messageOf(cause), { cause })
    this.processInstanceKey = processInstanceKey
  }
}

/** Does what is due of an instance. Throws InstanceFailed. */
export function onBehalfOf(processInstanceKey: Key, work: () => void): void {
  try {
    work()
  } catch (error) {
    throw new InstanceFailed(processInstanceKey, error)
  }
}
