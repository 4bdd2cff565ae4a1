/** Every code there is. Doors map them to HTTP, gRPC and exit codes; nobody else does. */
export type Code = 'not_found' | 'conflict' | 'invalid' | 'unauthorized' | 'unavailable' | 'internal'

const codes: ReadonlySet<string> = new Set([
  'not_found',
  'conflict',
  'invalid',
  'unauthorized',
  'unavailable',
  'internal',
] satisfies Code[])

/** An error that a user can act on: the message says what was wrong, what came, and what to do. */
export class CommitbaseError extends Error {
  readonly code: Code

  constructor(code: Code, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'CommitbaseError'
    this.code = code
  }
}

/**
 * The code of anything that was thrown. A user's handler has no class of ours to throw, so an error that
 * carries one of the six codes in its `code` counts as ours; everything else is `internal`.
 */
export function codeOf(error: unknown): Code {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
  return typeof code === 'string' && codes.has(code) ? (code as Code) : 'internal'
}

/** The words of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
