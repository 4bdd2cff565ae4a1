import { type ParseArgsConfig, parseArgs } from 'node:util'
import { CommitbaseError, messageOf } from '../errors.ts'

/** Reads a command's options. Throws `invalid` for one that it does not know, with the way to its help. */
export function readFlags<Options extends NonNullable<ParseArgsConfig['options']>>(
  args: readonly string[],
  options: Options,
  allowPositionals = false,
) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals, strict: true, allowNegative: true })
  } catch (error) {
    const [sentence] = messageOf(error).split(/\. |\n/)
    throw new CommitbaseError('invalid', `${sentence}; --help lists the options`, { cause: error })
  }
}

/** A port: 0 to 65535. */
export function portFrom(flag: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise
  const port = Number(text)
  if (text.trim() !== '' && Number.isInteger(port) && port >= 0 && port <= 65_535) return port
  throw new CommitbaseError('invalid', `${flag} must be a port from 0 to 65535; got '${text}'`)
}
