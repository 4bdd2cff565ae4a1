import { type Code, CommitbaseError } from '../errors.ts'

/** What went wrong at a remote, by git's words (in English, see `gitEnvironment`) and those that it passes on from the server. */
export function remoteFailure(what: string, url: string, words: string): CommitbaseError {
  const [code, advice] = (causes.find(([pattern]) => pattern.test(words))?.slice(1) as [Code, string]) ?? [
    'internal',
    '',
  ]
  return new CommitbaseError(code, `${what} ${url} failed${advice}: ${words || 'no words'}`)
}

const causes: readonly (readonly [RegExp, Code, string])[] = [
  [
    /error: 40[13]\b|Authentication failed|could not read (Username|Password)|Permission (to \S+ )?denied|access denied|protected branch|GH0\d\d/i,
    'unauthorized',
    ' (give a token that may write contents)',
  ],
  [
    /Repository not found|error: 404\b|repository '.*' not found|does not appear to be a git repository|not our ref/i,
    'not_found',
    ' (is the address right, and may the token see the repository?)',
  ],
  [
    /Could not resolve|Failed to connect|Connection (refused|reset|timed out)|timed out|Could not read from remote|early EOF|hung up|RPC failed|unexpected disconnect|error: (408|429|5\d\d)\b|unable to access|Operation too slow|Empty reply/i,
    'unavailable',
    ' (try again)',
  ],
]
