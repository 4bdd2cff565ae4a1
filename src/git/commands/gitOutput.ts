import { CommitbaseError } from '../../errors.ts'
import { collectWords, type GitOptions, startGit, whenEnded } from './git.ts'

/** Runs git and gives its output in pieces that end with that character, as they come. Throws `internal` with git's words where it fails. */
export async function* gitOutput(
  args: readonly string[],
  separator: '\n' | '\0',
  options: GitOptions,
): AsyncGenerator<string> {
  const child = startGit(args, options)
  const words = collectWords(child)
  const ended = whenEnded(child)
  ended.catch(() => {})
  child.stdin.end()
  child.stdout.setEncoding('utf8')
  let rest = ''
  try {
    for await (const chunk of child.stdout as AsyncIterable<string>) {
      const pieces = (rest + chunk).split(separator)
      rest = pieces.pop()!
      yield* pieces
    }
    const { status } = await ended
    if (status !== 0)
      throw new CommitbaseError('internal', `git ${args.join(' ').slice(0, 80)}: ${words() || 'no words'}`)
  } finally {
    child.kill()
  }
}
