import { setTimeout as delay } from 'node:timers/promises'
import type { Answer, Payload, Send } from './workers.ts'

export interface GitHubAccess {
  dispatch(eventType: string, payload: Payload): Promise<void>
  /** The receipt of an event, as the repository has it now. */
  findReceipt(id: string): Promise<Answer | undefined>
}

/** Sends events to GitHub as dispatches, and looks for their receipts in the repository: GitHub tells nobody what became of a dispatch. */
export function sendToGitHub({ dispatch, findReceipt }: GitHubAccess, pause = 5_000): Send {
  return async (eventType, payload) => {
    await dispatch(eventType, payload)
    for (;;) {
      const receipt = await findReceipt(String(payload.event_id))
      if (receipt) return receipt
      await delay(pause)
    }
  }
}
