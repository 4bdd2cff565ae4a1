import { randomBytes } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { runShop } from '../examples/shop/run.ts'
import { sendToGitHub } from '../examples/shop/sendToGitHub.ts'
import { sendToHub } from '../examples/shop/sendToHub.ts'
import { startShopWorkers } from '../examples/shop/startWorkers.ts'
import { dataFolder } from '../src/cli/engineAddress.ts'
import { portFrom, readFlags } from '../src/cli/flags.ts'
import { type Installation, startInstallation } from '../src/cli/installation.ts'
import { openScreen, type Screen } from '../src/cli/screen.ts'
import { Story } from '../src/cli/story.ts'
import { gitHubFromEnvironment, gitHubTarget, hubTarget, type Target } from '../src/cli/target.ts'
import { whenAskedToStop } from '../src/cli/whenAskedToStop.ts'
import { messageOf } from '../src/errors.ts'
import { loadHandlers } from '../src/events/loadHandlers.ts'
import { checkGit } from '../src/git/git.ts'
import { deploy } from '../src/zeebe/deploy.ts'
import { optionsFromEnvironment } from '../src/zeebe/engineOptions.ts'
import { parseMap } from '../src/zeebe/httpWorker/originMap.ts'
import { secretsFrom } from '../src/zeebe/httpWorker/secretSource.ts'
import type { Job, Outcome } from '../src/zeebe/job.ts'

const help = `Usage: npm start -- [options]

Starts the hub, the embedded engine and the HTTP worker on 127.0.0.1, deploys bpmn/, runs the sample shop, and stays up.

Options:
  --data <folder>        where everything is kept (default: ${dataFolder})
  --port <port>          of the hub (default: 4180; 0: any free one)
  --engine-port <port>   of the engine's gateway (default: 26500; 0: any free one)
  --repository <name>    the repository's owner/name (default: commitbase/shop)
  --no-demo              does not run the shop
  --exit                 ends after the run; status 0 only if all that it announced came true
  --json                 prints one JSON object a line
  --help                 this text

Environment:
  ZEEBE_ADDRESS, ZEEBE_CLIENT_ID, ZEEBE_CLIENT_SECRET, …   use that engine instead of the embedded one
  GITHUB_REPOSITORY and GITHUB_TOKEN                       dispatch to GitHub instead of the hub
`

const options = {
  data: { type: 'string', default: dataFolder },
  port: { type: 'string' },
  'engine-port': { type: 'string' },
  repository: { type: 'string', default: 'commitbase/shop' },
  demo: { type: 'boolean', default: true },
  exit: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const

/** `npm start`. Gives the exit status: 1 after one sentence that says what to do, or when the run did not come true. */
export async function start(args: readonly string[]): Promise<number> {
  try {
    const { values } = readFlags(args, options)
    if (values.help) {
      process.stdout.write(help)
      return 0
    }
    return await run(values)
  } catch (error) {
    process.stderr.write(`commitbase: ${messageOf(error)}\n`)
    return 1
  }
}

type Flags = ReturnType<typeof readFlags<typeof options>>['values']

async function run(flags: Flags): Promise<number> {
  const screen = openScreen({ write: (text) => process.stdout.write(text), json: flags.json, color: hasColors() })
  await checkGit(process.env)
  const installation = await startInstallation(await installationOptions(flags, screen))
  try {
    const stopping = new AbortController()
    const stopped = whenAskedToStop().then(() => stopping.abort())
    const shop = await openShop(installation, screen)
    const allTrue = flags.demo ? await shop.run(stopping.signal) : true
    if (flags.exit) return allTrue ? 0 : 1
    if (!stopping.signal.aborted) tellWhatToTry(installation, shop.target, screen, flags.data)
    await stopped
    return allTrue ? 0 : 1
  } finally {
    await installation.stop()
  }
}

async function installationOptions(flags: Flags, screen: Screen) {
  const elsewhere = optionsFromEnvironment(process.env)
  return {
    folder: flags.data,
    port: portFrom('--port', flags.port, 4180),
    enginePort: portFrom('--engine-port', flags['engine-port'], 26500),
    repository: flags.repository,
    handlers: await loadHandlers(inProject('examples/shop/handlers')),
    ...(elsewhere ? { elsewhere } : {}),
    log: (message: string) => screen.warning(message),
  }
}

/** The shop on an installation: its models deployed, its workers at work. */
async function openShop(installation: Installation, screen: Screen) {
  const { hub, engine, embedded } = installation
  const gitHub = gitHubFromEnvironment(process.env)
  const target = gitHub ? await gitHubTarget(gitHub) : hubTarget(hub)
  installation.onStop(() => target.close())
  const story = new Story((line) => screen.story(line))
  hub.on((happening) => story.hear(happening))
  screen.section(`The hub is at ${hub.address}, the engine at ${engine.address}`)
  const { processes } = await deploy(engine, await models())
  screen.hint('deployed', processes.map(({ bpmnProcessId, version }) => `${bpmnProcessId} v${version}`).join(', '))
  if (gitHub) screen.hint('events go to', `${target.api}/repos/${target.repository}/dispatches`)
  const map =
    gitHub && gitHub.api === 'https://api.github.com' ? [] : parseMap([`https://api.github.com=${target.api}`])
  const secrets = secretsFrom({ env: { ...process.env, ZEEBE_ENV_GitHubToken: target.token }, map })
  installation.startHttpWorker({ secrets, map })
  const incidents = new Raised()
  const send = gitHub
    ? sendToGitHub(target)
    : sendToHub({ hub: target.api, repo: target.repository, token: target.token })
  const workers = await startShopWorkers({ engine, send, onOutcome: (job, outcome) => incidents.hear(job, outcome) })
  installation.onStop(() => workers.stop())
  const runWith = (signal: AbortSignal) =>
    runShop({
      engine,
      listsIncidents: embedded !== undefined,
      repo: target.repository,
      run: randomBytes(4).toString('hex'),
      dispatch: (eventType, payload) => target.dispatch(eventType, payload),
      readRecords: (table, ids) => target.readRecords(table, ids),
      incidentRaised: (orderId) => incidents.of(orderId),
      announce: (text) => screen.section(text),
      outcome: (text, ok, milliseconds) => screen.outcome(text, ok, milliseconds),
      patience: gitHub ? 1_800_000 : 60_000,
      pause: gitHub ? 5_000 : 100,
      signal,
    })
  return { target, run: runWith }
}

/** The incidents that *Raise incident* has raised, by order. */
class Raised {
  readonly #orders = new Map<string, PromiseWithResolvers<void>>()

  hear(job: Job, outcome: Outcome): void {
    const order = job.variables.order as { _id?: string } | undefined
    if (job.type === 'raise-incident' && outcome.type === 'fail' && order?._id) this.#entry(order._id).resolve()
  }

  of(orderId: string): Promise<void> {
    return this.#entry(orderId).promise
  }

  #entry(orderId: string): PromiseWithResolvers<void> {
    const entry = this.#orders.get(orderId) ?? Promise.withResolvers<void>()
    this.#orders.set(orderId, entry)
    return entry
  }
}

function tellWhatToTry({ hub, engine }: Installation, target: Target, screen: Screen, data: string): void {
  const git = `git --git-dir=${relative('.', hub.folder)}`
  const token = `$(npx node -p "JSON.parse(fs.readFileSync('${data}/tokens.json')).write")`
  const body = JSON.stringify({
    event_type: 'restock_item',
    client_payload: { _id: 'by-hand', product: { _id: 'tea-pot', name: 'Tea pot' }, stock_level: 3 },
  })
  screen.section('Try')
  screen.hint('what happened', `${git} log --oneline -5`)
  screen.hint('one record', `${git} show HEAD:db/stock/product-001.json`)
  screen.hint('its history', `${git} log -p -- db/stock/product-001.json`)
  screen.hint(
    'post an event',
    `curl -i ${hub.address}/repos/${hub.repository}/dispatches -H "Authorization: Bearer ${token}" -d '${body}'`,
  )
  screen.hint(
    'clone it',
    `git -c http.extraHeader="Authorization: Bearer ${token}" clone ${hub.address}/${hub.repository}.git`,
  )
  screen.hint('open incidents', 'npx commitbase incidents')
  screen.hint("the engine's gateway", engine.address)
  if (target.repository !== hub.repository) screen.hint('events go to', `${target.api}/repos/${target.repository}`)
  screen.section('Ctrl-C stops it; started again, it goes on where it stopped.')
}

async function models(): Promise<string[]> {
  const names = (await readdir(inProject('bpmn'))).filter((name) => name.endsWith('.bpmn'))
  return names.sort().map((name) => inProject(join('bpmn', name)))
}

function inProject(path: string): string {
  return join(import.meta.dirname, '..', path)
}

function hasColors(): boolean {
  return process.stdout.isTTY === true && !process.env.NO_COLOR
}
