/**
 * The hub with its engine and its HTTP worker in a process of its own, to be broken: `hubProcess.ts <data folder>`. Prints where it
 * is as one line of JSON, and what goes wrong on standard error; ends in order at SIGTERM.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { startInstallation } from '../../src/cli/installation.ts'
import { outliveHandlers } from '../../src/cli/outliveHandlers.ts'
import { whenAskedToStop } from '../../src/cli/whenAskedToStop.ts'
import { messageOf } from '../../src/errors.ts'
import { loadHandlers } from '../../src/events/handlers/loadHandlers.ts'
import { deploy } from '../../src/zeebe/deploy.ts'
import { parseMap } from '../../src/zeebe/httpWorker/originMap.ts'
import { secretsFrom } from '../../src/zeebe/httpWorker/secretSource.ts'
import { made, repository, walk } from './walk.ts'

const folder = process.argv[2]!
const stop = whenAskedToStop()
const log = (message: string) => void process.stderr.write(`${message}\n`)
outliveHandlers(log)
const handlers = await loadHandlers(join(import.meta.dirname, 'handlers.ts'))
const installation = await startInstallation({ folder, port: 0, enginePort: 0, repository, handlers, log }).catch(
  (error) => {
    log(messageOf(error))
    process.exit(1)
  },
)
const { hub, engine, embedded } = installation
const map = parseMap([`https://api.github.com=${hub.address}`])
const secrets = secretsFrom({ env: { ZEEBE_ENV_GitHubToken: hub.token }, map })
/** Milliseconds: what a crash cut short comes again soon. */
installation.startHttpWorker({ secrets, map, jobTimeout: 2_000 })
await deploy(engine, [await modelFile('walk', walk), await modelFile('made', made)])
const where = {
  address: hub.address,
  token: hub.token,
  folder: hub.folder,
  engine: embedded!.address,
  pid: process.pid,
}
process.stdout.write(`${JSON.stringify(where)}\n`)
await stop
await installation.stop()

async function modelFile(name: string, model: string): Promise<string> {
  await mkdir(folder, { recursive: true })
  const file = join(folder, `${name}.bpmn`)
  await writeFile(file, model)
  return file
}
