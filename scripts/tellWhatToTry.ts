import { join, relative, resolve } from 'node:path'
import { dataFolder } from '../src/cli/engineAddress.ts'
import type { Installation } from '../src/cli/installation.ts'
import type { Screen } from '../src/cli/screen.ts'
import type { Target } from '../src/cli/target.ts'
import type { HandlerSet } from '../src/events/handlers/handler.ts'

/** What was started, and where. */
interface Started {
  /** The folder whose shell it was started from: what is told is for that shell. */
  readonly typedIn: string
  readonly data: string
  readonly handlers: HandlerSet
  /** The sample shop runs on it. */
  readonly shop: boolean
}

export function tellWhatToTry(
  { hub, engine, embedded }: Installation,
  target: Target,
  screen: Screen,
  { typedIn, data, handlers, shop }: Started,
): void {
  const git = `git --git-dir=${inShell(relative(typedIn, hub.folder))}`
  const commitbase = commandIn(typedIn)
  const folder = resolve(data)
  const at = folder === join(typedIn, dataFolder) ? '' : ` --data ${inShell(folder)}`
  const body = JSON.stringify(shop ? restock : exampleFor(handlers))
  screen.section('Try')
  screen.hint('what happened', `${git} log --oneline -5`)
  if (shop) {
    screen.hint('one record', `${git} show HEAD:db/stock/product-001.json`)
    screen.hint('its history', `${git} log -p -- db/stock/product-001.json`)
  }
  screen.hint('a token of your own', `export TOKEN=$(${commitbase} token create me --scope write${at})`)
  screen.hint(
    'post an event',
    `curl -i ${hub.address}/repos/${hub.repository}/dispatches -H "Authorization: Bearer $TOKEN" -d ${inShell(body)}`,
  )
  screen.hint(
    'clone it',
    `git clone -c http.extraHeader="Authorization: Bearer $TOKEN" ${hub.address}/${hub.repository}.git`,
  )
  screen.hint('open incidents', `${commitbase} incidents${at}`)
  if (embedded?.management) screen.hint("the engine's management", embedded.management.address)
  if (embedded?.rest) screen.hint("the engine's REST API", embedded.rest.address)
  screen.hint("the engine's gateway", engine.address)
  if (target.repository !== hub.repository) screen.hint('events go to', `${target.api}/repos/${target.repository}`)
  screen.section('Ctrl-C stops it; started again, it goes on where it stopped.')
}

const restock = {
  event_type: 'restock_item',
  client_payload: { _id: 'by-hand', product: { _id: 'tea-pot', name: 'Tea pot' }, stock_level: 3 },
}

/** An event that the handlers take. */
function exampleFor({ handlers }: HandlerSet): object {
  return { event_type: [...handlers.keys()][0], client_payload: {} }
}

/** Elsewhere, npx would look for the command in the registry. */
function commandIn(folder: string): string {
  const project = relative(folder, join(import.meta.dirname, '..'))
  return project === '' ? 'npx commitbase' : `npx --prefix ${inShell(project)} commitbase`
}

/** A word as a shell takes it. */
function inShell(word: string): string {
  return /^[\w./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
