import type { BroadcastSignal, Response } from '../command.ts'
import type { Run } from '../run.ts'
import { broadcast } from '../waiting/signals.ts'

/** A signal is not kept: who does not wait for it yet does not get it. */
export function broadcastSignal(run: Run, { signalName, variables }: BroadcastSignal): Response {
  return { type: 'BroadcastSignal', key: broadcast(run, signalName, variables) }
}
