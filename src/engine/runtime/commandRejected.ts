import type { Rejection } from '../command.ts'

/** The engine understood a command and does not do it. */
export class CommandRejected extends Error {
  readonly rejection: Rejection
  /** It was a creation whose caller awaits the result. */
  readonly awaitingResult: boolean

  constructor(rejection: Rejection, awaitingResult = false) {
    super(rejection.message)
    this.name = 'CommandRejected'
    this.rejection = rejection
    this.awaitingResult = awaitingResult
  }
}
