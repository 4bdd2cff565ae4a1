import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { createControlledClock } from '../engine/runtime/controlledClock.ts'
import { type EngineOptions, type RunningEngine, startEngine } from '../engine/start.ts'
import { engineRef } from '../engine/storage/gitStore.ts'
import { openFolder } from '../engine/storage/openFolder.ts'
import { createMemoryStore } from '../engine/storage/store.ts'
import { CommitbaseError, messageOf } from '../errors.ts'
import { checkGit } from '../git/commands/checkGit.ts'
import { commitbase } from '../git/objects/ownCommits.ts'
import { dataFolder } from './engineAddress.ts'
import { httpSecurityFrom, securityFrom, securityHelp } from './engineSecurity.ts'
import { portFrom, readFlags } from './flags.ts'
import { giveMemoryBack } from './giveMemoryBack.ts'
import { whenAskedToStop } from './whenAskedToStop.ts'

const help = `Usage: commitbase engine [options] [file.bpmn|file.dmn|file.form …]

Starts the embedded engine alone, a Zeebe for development: every Zeebe client talks to it. Files that are named are deployed first. Its state
is JSON in a git repository, on ${engineRef}.

Options:
  --data <folder>           the repository is <folder>/engine.git (default: ${dataFolder})
  --memory                  keeps nothing: the engine is new each time
  --host <address>          where it listens (default: 127.0.0.1)
  --port <port>             of the gateway (default: 26500; 0: any free one)
  --management-port <port>  health, clock, metrics and records over HTTP (default: 9600, with --port 0 any free one)
  --no-management           opens no such port
  --rest-port <port>        also serves the REST API (Zeebe's is 8080)
  --records <file>          appends all that happens to a file, in the form of Zeebe's exports
  --help                    this text

Environment:
  ZEEBE_CLOCK_CONTROLLED=true                              lets the management port move the engine's clock
${securityHelp}
`

const options = {
  data: { type: 'string', default: dataFolder },
  memory: { type: 'boolean', default: false },
  host: { type: 'string', default: '127.0.0.1' },
  port: { type: 'string' },
  'management-port': { type: 'string' },
  management: { type: 'boolean', default: true },
  'rest-port': { type: 'string' },
  records: { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
} as const

type Flags = ReturnType<typeof read>['values']

function read(args: readonly string[]) {
  return readFlags(args, options, true)
}

/** The engine without a hub. */
export async function engine(args: readonly string[]): Promise<number> {
  const { values: flags, positionals: files } = read(args)
  if (flags.help) {
    process.stdout.write(help)
    return 0
  }
  giveMemoryBack()
  const stopped = whenAskedToStop()
  const { store, close } = flags.memory
    ? { store: createMemoryStore(), close: async () => {} }
    : await openStore(flags.data)
  try {
    const running = await startEngine({ store, ...optionsFrom(flags) })
    try {
      await deploy(running, files)
      tell(running)
      await stopped
    } finally {
      await running.stop()
    }
  } finally {
    await close()
  }
  return 0
}

function optionsFrom(flags: Flags): Omit<EngineOptions, 'store'> {
  const { host, records } = flags
  const port = portFrom('--port', flags.port, 26500)
  const rest = flags['rest-port']
  const security = securityFrom(process.env, process.cwd())
  const http = httpSecurityFrom(process.env, process.cwd())
  return {
    host,
    port,
    ...(flags.management && {
      management: {
        host,
        port: portFrom('--management-port', flags['management-port'], port && 9600),
        ...http.management,
      },
    }),
    ...(rest !== undefined && { rest: { host, port: portFrom('--rest-port', rest, 8080), ...http.rest } }),
    ...(records !== undefined && { records: { file: records } }),
    ...(process.env.ZEEBE_CLOCK_CONTROLLED === 'true' && { clock: createControlledClock() }),
    ...(security && { security }),
  }
}

async function openStore(data: string): ReturnType<typeof openFolder> {
  await checkGit(process.env)
  const author = { ...commitbase, name: 'Commitbase engine' }
  return openFolder(join(data, 'engine.git'), { author, environment: process.env })
}

async function deploy(running: RunningEngine, paths: readonly string[]): Promise<void> {
  if (paths.length === 0) return
  await running.deploy(await Promise.all(paths.map(readModel)))
  process.stdout.write(`deployed ${paths.join(', ')}\n`)
}

async function readModel(path: string): Promise<{ name: string; content: string }> {
  try {
    return { name: basename(path), content: await readFile(path, 'utf8') }
  } catch (error) {
    throw new CommitbaseError('not_found', `'${path}' cannot be read, to deploy it: ${messageOf(error)}`, {
      cause: error,
    })
  }
}

function tell({ address, management, rest }: RunningEngine): void {
  process.stdout.write(`The engine is at ${address}\n`)
  if (management) process.stdout.write(`its management port at ${management.address}\n`)
  if (rest) process.stdout.write(`its REST API at ${rest.address}\n`)
}
