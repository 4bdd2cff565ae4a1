import type { ParseArgsConfig } from 'node:util'
import { readFlags } from '../src/cli/flags.ts'
import { messageOf } from '../src/errors.ts'

/** The options of a developer's script. What they do not know ends it with one sentence, status 1. */
export function readOptions<Options extends NonNullable<ParseArgsConfig['options']>>(options: Options) {
  try {
    return readFlags(process.argv.slice(2), options).values
  } catch (error) {
    console.error(messageOf(error))
    process.exit(1)
  }
}
