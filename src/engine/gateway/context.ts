import type { Runtime } from '../runtime/runtime.ts'

/** What a call has at hand beside its request. */
export interface Context {
  readonly runtime: Runtime
  /** Where the gateway listens. */
  readonly host: string
  readonly port: number
  /** Aborts when the caller has left: cancelled, its deadline over, its connection gone. */
  readonly signal: AbortSignal
}

/** A call with one reply. Throws Status, CommandRejected or CommitbaseError. */
export type UnaryCall<Request, Reply> = (request: Request, context: Context) => Promise<Reply>

/** A call with many replies. `send` resolves to whether the reply left; after the caller has gone none does. */
export type StreamingCall<Request, Reply> = (
  request: Request,
  context: Context,
  send: (reply: Reply) => Promise<boolean>,
) => Promise<void>
