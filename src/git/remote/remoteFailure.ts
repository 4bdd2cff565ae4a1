import { type Code, CommitbaseError } from '../../errors.ts'

/** What went wrong at a remote, by git's words (in English, see `gitEnvironment`) and those that it passes on from the server. */
export function remoteFailure(what: string, url: string, words: string): CommitbaseError {
  const [code, advice] = (causes.find(([pattern]) => pattern.test(words))?.slice(1) as [Code, string]) ?? [
    'internal',
    '',
  ]
  return new CommitbaseError(code, `${what} ${url} failed${advice}: ${words || 'no words'}`)
}

/** The first that fits counts: the special before the general. */
const causes: readonly (readonly [RegExp, Code, string])[] = [
  [
    /does not support --atomic/i,
    'invalid',
    ' (commit and receipt move together, and the server takes no atomic pushes: turn on receive.advertiseAtomic there)',
  ],
  [
    /hidden ref/i,
    'invalid',
    ' (receipts are kept under refs/commitbase, which the server hides: take them out of its hideRefs)',
  ],
  [/DAV locking|git-http-push/i, 'invalid', ' (what answers at this address is no git server)'],
  [
    /protected branch|repository rule violations|GH0\d\d/i,
    'unauthorized',
    ' (a rule protects the branch: let the token past it, or keep the database on another branch)',
  ],
  [
    /hook declined/i,
    'unauthorized',
    ' (a hook of the server refuses the push, for the reason below: do what it asks for, or let the token past it)',
  ],
  [
    /error: 40[13]\b|Authentication failed|could not read (Username|Password)|Permission (to \S+ )?denied|access denied/i,
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
