import type { Event } from './event.ts'

/** Events whose ids were made for them in this process, until they are evaluated. */
const fresh = new WeakSet<Event>()

/** The event's id has just been made, for it alone: nobody can have applied it. */
export function noteNew(event: Event): void {
  fresh.add(event)
}

/** Others were told of the event's id: one of them may send it, too. */
export function noteTold(event: Event): void {
  fresh.delete(event)
}

/**
 * Whether nobody can have applied the event. It is said once: who asks again evaluates again, and a landing of which nobody
 * knows how it ended may have brought the receipt.
 */
export function isSurelyNew(event: Event): boolean {
  return fresh.delete(event)
}
