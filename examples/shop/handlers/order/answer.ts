import type { Event, Transaction } from 'commitbase'

/** `_id` is the key under which a process waits for the answer; without it nobody waits. */
export interface Asked {
  readonly _id?: string | number | null
}

/** Tells the process that waits under the payload's `_id` what became of its command. */
export function answer(event: Event<Asked>, tx: Transaction, name: string, variables: Record<string, unknown>): void {
  const key = event.data._id
  if (key !== undefined && key !== null) tx.publish({ name, correlationKey: key, variables })
}
