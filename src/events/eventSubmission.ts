import { eventKey } from '../database/receipts/eventKey.ts'
import type { Submission } from '../git/shared/sharedWriter.ts'
import type { Task } from '../git/task.ts'
import { type Applied, appliedFrom, type EventContext, type EventRequest, findApplied } from './applyEvent.ts'
import { inboxRequestOf, isLong } from './inboxRequest.ts'

export interface EventSubmission {
  readonly request: EventRequest
  readonly context: EventContext
  /** Applies the event, and what else belongs to the same push. */
  readonly task: Task<Applied>
  /** A plain read. */
  readonly isRead: boolean
}

/** An event as a writer among others submits it: evaluated here, or by another that has the same handlers. */
export function eventSubmission({ request, context, task, isRead }: EventSubmission): Submission<Applied> {
  const { event } = request
  return {
    key: eventKey(event.source, event.id),
    request: inboxRequestOf(request, context),
    task,
    isLong: isLong(request, context),
    isRead,
    find: async (workspace) => {
      const receipt = await findApplied(request, workspace)
      if (!receipt) return undefined
      const value = (duplicate: boolean) => appliedFrom(event, receipt, duplicate)
      return { version: receipt.seq, isFinal: receipt.status !== 'failed', value }
    },
  }
}
