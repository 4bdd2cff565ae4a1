import project from '../../package.json' with { type: 'json' }
import { CommitbaseError, messageOf } from '../errors.ts'
import { printable } from '../hub/printable.ts'
import { engine } from './engine.ts'
import { incidents } from './incidents.ts'
import { token } from './token.ts'
import { upkeep } from './upkeep.ts'
import { worker } from './worker.ts'

/** A command: its arguments without its name; what it gives is the exit status. */
type Command = (args: readonly string[]) => Promise<number>

const commands: ReadonlyMap<string, Command> = new Map([
  ['engine', engine],
  ['worker', worker],
  ['token', token],
  ['incidents', incidents],
  ['upkeep', upkeep],
])

const help = `Usage: commitbase <command> [options]

Commands:
  engine      the embedded engine alone: a Zeebe for development, whose state is JSON in git
  worker      the HTTP worker: takes CAMUNDA-HTTP, http and io.camunda:http-json:1 jobs from any Camunda 8
  token       makes, lists and revokes the hub's tokens
  incidents   lists the open incidents; 'incidents resolve <key>' resolves one
  upkeep      merges a repository's packs and brings its commit-graph up to date

'commitbase <command> --help' says more, 'commitbase --version' which one this is. The hub, the embedded engine and the sample shop start with 'npm start' in a clone.
`

/** Runs the command that the arguments name. Gives the exit status: 0, or 1 after one sentence that says what to do. */
export async function main([name, ...args]: readonly string[]): Promise<number> {
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(help)
    return 0
  }
  if (name === '--version' || name === '-v') {
    process.stdout.write(`${project.version}\n`)
    return 0
  }
  try {
    const command = commands.get(name)
    if (command) return await command(args)
    throw new CommitbaseError('invalid', `there is no command '${name}'; there are ${[...commands.keys()].join(', ')}`)
  } catch (error) {
    process.stderr.write(`commitbase: ${printable(messageOf(error), { lines: true })}\n`)
    return 1
  }
}
