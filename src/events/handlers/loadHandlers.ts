import { lstat, readdir, readFile, readlink } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { isObject, shown } from '../../database/json/json.ts'
import { CommitbaseError, messageOf } from '../../errors.ts'
import { makeObject, type Oid } from '../../git/objects/object.ts'
import { encodeTree, type TreeEntry } from '../../git/objects/tree.ts'
import { defaultSettings, type Handler, type HandlerSet, type HandlerSettings, type LoadedHandler } from './handler.ts'

/**
 * Loads a module, or the modules of a folder, in TypeScript or JavaScript. Each exported function is the handler of the event
 * type that its export's name says. Throws `not_found` where nothing is there, `invalid` where a module does not load, exports
 * nothing, or two export the same type, or settings are none.
 */
export async function loadHandlers(path: string): Promise<HandlerSet> {
  const files = await modulesAt(path)
  const handlers = new Map<string, LoadedHandler>()
  for (const file of files) addModule(handlers, file, await importModule(file))
  if (handlers.size === 0)
    throw new CommitbaseError('invalid', `${path} exports no handler: export a function whose name is an event type`)
  return { path, id: (await entryOf(path)).oid, handlers }
}

async function modulesAt(path: string): Promise<string[]> {
  const stat = await lstat(path).catch(() => undefined)
  if (!stat) throw new CommitbaseError('not_found', `there are no handlers at ${path}`)
  if (!stat.isDirectory()) return [path]
  const names = (await readdir(path)).filter(
    (name) => /\.[cm]?[jt]s$/.test(name) && !/\.(test|d)\.[cm]?[jt]s$/.test(name),
  )
  return names.sort().map((name) => join(path, name))
}

async function importModule(file: string): Promise<Record<string, unknown>> {
  try {
    return await import(pathToFileURL(file).href)
  } catch (error) {
    const words = messageOf(error)
    throw new CommitbaseError('invalid', `the handlers in ${file} do not load: ${words}${adviceFor(words)}`, {
      cause: error,
    })
  }
}

/** What to do about the words of Node that say it least. */
function adviceFor(words: string): string {
  if (words.includes("package 'commitbase'")) return ". Import its types only: import type { Event } from 'commitbase'"
  if (words.includes('strip-only mode')) return '. Node runs TypeScript as it is, and leaves out types only'
  return /Unexpected token 'export'|Cannot use import statement/.test(words)
    ? `. Name it .mts or .mjs, or say "type": "module" in the package.json that it belongs to`
    : ''
}

function addModule(handlers: Map<string, LoadedHandler>, file: string, exports: Record<string, unknown>): void {
  const named = exportsOf(exports)
  const settings = isObject(named.settings) ? named.settings : {}
  for (const [type, run] of Object.entries(named)) {
    if (typeof run !== 'function') continue
    if (handlers.has(type))
      throw new CommitbaseError('invalid', `${file} exports '${type}', which another module exports already`)
    const own = Object.hasOwn(settings, type) ? settings[type] : {}
    handlers.set(type, { run: run as Handler, settings: readSettings(own, `the settings of '${type}' in ${file}`) })
  }
}

/** Each in its range: while one handler runs or waits to run again, all others wait. */
function readSettings(given: unknown, what: string): HandlerSettings {
  if (!isObject(given)) throw new CommitbaseError('invalid', `${what} must be an object; got ${shown(given)}`)
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(ranges, name)) refuseSetting(what, name)
    const [least, most] = ranges[name as keyof HandlerSettings]
    if (Number.isInteger(value) && Number(value) >= least && Number(value) <= most) continue
    throw new CommitbaseError(
      'invalid',
      `${what}: ${name} must be a whole number from ${least} to ${most}; got ${typeof value === 'number' ? value : shown(value)}`,
    )
  }
  return { ...defaultSettings, ...given }
}

const ranges: Readonly<Record<keyof HandlerSettings, readonly [least: number, most: number]>> = {
  deadline: [1, 86_400_000],
  retries: [0, 100],
  backOff: [0, 60_000],
}

function refuseSetting(what: string, name: string): never {
  throw new CommitbaseError('invalid', `${what} know no '${name}'; there are ${Object.keys(ranges).join(', ')}`)
}

/** Of a CommonJS module Node names only what it can read off its text; the object itself is all of it. */
function exportsOf(exports: Record<string, unknown>): Record<string, unknown> {
  const { 'module.exports': whole, ...named } = exports
  return typeof whole === 'object' && whole !== null ? { ...whole } : named
}

/** The tree entry that `git add` would make of a file or folder. */
async function entryOf(path: string): Promise<TreeEntry> {
  const name = basename(path)
  const stat = await lstat(path)
  if (stat.isDirectory()) return { name, mode: '40000', oid: await folderId(path) }
  if (stat.isSymbolicLink())
    return { name, mode: '120000', oid: makeObject('blob', await readlink(path, 'buffer')).oid }
  const mode = stat.mode & 0o100 ? '100755' : '100644'
  return { name, mode, oid: makeObject('blob', await readFile(path)).oid }
}

async function folderId(path: string): Promise<Oid> {
  const names = (await readdir(path)).filter((name) => name !== '.git' && name !== 'node_modules')
  return encodeTree(await Promise.all(names.map((name) => entryOf(join(path, name))))).oid
}
