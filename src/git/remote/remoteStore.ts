import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * Three bare repositories in a folder that is thrown away: objects are fetched into one, a partial clone; the commits of the past,
 * where somebody asks for it, into another. The third reads both
 * as alternates, holds what we add, and is what we push from: as it is neither partial nor shallow, nothing in it is fetched
 * behind our back, and a push costs the server no walk of its history.
 */
export interface RemoteStore {
  readonly fetched: string
  readonly past: string
  readonly own: string
  remove(): Promise<void>
}

export async function makeRemoteStore(parent = tmpdir()): Promise<RemoteStore> {
  const folder = await mkdtemp(join(parent, 'commitbase-'))
  const fetched = join(folder, 'fetched.git')
  const past = join(folder, 'past.git')
  const own = join(folder, 'own.git')
  await Promise.all([makeBare(fetched), makeBare(past), makeBare(own)])
  const alternates = [fetched, past].map((store) => `${join(store, 'objects')}\n`)
  await writeFile(join(own, 'objects', 'info', 'alternates'), alternates.join(''))
  return { fetched, past, own, remove: () => rm(folder, { recursive: true, force: true, maxRetries: 3 }) }
}

/** The least that git takes for a repository (gitrepository-layout). */
async function makeBare(folder: string): Promise<void> {
  const folders = ['objects/info', 'objects/pack', 'refs/heads']
  await Promise.all(folders.map((name) => mkdir(join(folder, name), { recursive: true })))
  await writeFile(join(folder, 'HEAD'), 'ref: refs/heads/main\n')
  await writeFile(join(folder, 'config'), '[core]\n\trepositoryformatversion = 0\n\tbare = true\n')
}
