import { existsSync } from 'node:fs'
import { copyFile, mkdir, readdir, realpath, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { CommitbaseError } from '../../errors.ts'
import { type GitOptions, git } from '../commands/git.ts'
import { type Files, nodeFiles } from '../disk/files.ts'
import { syncAbove } from '../disk/syncAbove.ts'
import { mendIndexes } from './mendIndexes.ts'
import { installOwnerHook } from './ownerHook.ts'

interface FolderOptions {
  readonly files?: Files
  readonly branch?: string
  readonly create?: boolean
  readonly ownership?: unknown
}

/** Makes the folder a repository that we can serve and write, whatever of that is done already. */
export async function prepareFolder(folder: string, options: FolderOptions, gitOptions: GitOptions): Promise<void> {
  const names = await list(folder)
  if (await isUnmade(folder, names, options)) await create(folder, names, options, gitOptions)
  else if (!names.includes('objects') || !names.includes('refs')) throw notARepository(folder)
  await configure(folder, options, gitOptions)
  if (!options.ownership) return
  await installOwnerHook(folder)
  await clearLeftovers(folder)
  await mendIndexes(folder, gitOptions)
}

/** Also where a power cut, or a kill, left a part of it: an empty `HEAD` or `config`, no `objects`, which git makes last. */
async function isUnmade(
  folder: string,
  names: readonly string[],
  { branch = firstBranch }: FolderOptions,
): Promise<boolean> {
  if (!names.includes('HEAD')) return true
  if (!names.every(isOfRepository)) return false
  if (!names.includes('objects') || (await isEmpty(join(folder, 'config')))) return true
  if (!(await isEmpty(join(folder, 'HEAD')))) return false
  // Where there are other branches a person has to say which one it named.
  return (await list(join(folder, 'refs', 'heads'))).every((name) => name === branch)
}

async function create(
  folder: string,
  names: readonly string[],
  { branch = firstBranch, create = true }: FolderOptions,
  gitOptions: GitOptions,
): Promise<void> {
  if (!names.every(isOfRepository)) throw notARepository(folder)
  if (!create)
    throw new CommitbaseError('not_found', `there is no repository in ${folder}; make one with git init --bare`)
  try {
    await mkdir(folder, { recursive: true })
  } catch (error) {
    throw new CommitbaseError('unavailable', `the folder ${folder} cannot be made: ${(error as Error).message}`, {
      cause: error,
    })
  }
  // Git takes an empty one for one that is there.
  if (await isEmpty(join(folder, 'HEAD'))) await rm(join(folder, 'HEAD'))
  await git(['init', '--bare', '--quiet', '--template=', `--initial-branch=${branch}`, folder], gitOptions)
}

/**
 * Settings that a clone, a lazy fetch and a push need, written once; what the user set beside them stays. They say that the
 * repository is on the disk, too: git syncs nothing of what it makes one of, so that is done before they are there.
 */
async function configure(
  folder: string,
  { files = nodeFiles, ownership }: FolderOptions,
  gitOptions: GitOptions,
): Promise<void> {
  const config = join(folder, 'config')
  const listed = await git(['config', '--file', config, '--list', '-z'], gitOptions)
  const present = new Set(listed.toString().split('\0'))
  for (const [format, what] of unreadable) {
    if (present.has(format))
      throw new CommitbaseError('invalid', `the repository in ${folder} ${what}; make another with git init --bare`)
  }
  // Git looks for a relative path of hooks from where it was started.
  const wanted = Object.entries({ ...settings, 'core.hooksPath': join(folder, 'hooks') })
  const missing = wanted.filter(([key, value]) => !present.has(`${key.toLowerCase()}\n${value}`))
  if (missing.length === 0) return
  await syncMade(folder, files)
  // As git does: where the settings are a link, what it leads to is written.
  const target = await realpath(config)
  const lock = `${target}.lock`
  await takeLock(lock, Boolean(ownership) && dirname(target) === (await realpath(folder)))
  try {
    await copyFile(target, lock)
    for (const [key, value] of missing) await git(['config', '--file', lock, '--replace-all', key, value], gitOptions)
    await files.syncFile(lock)
    await files.rename(lock, target)
  } catch (error) {
    await files.remove(lock).catch(() => {})
    throw error
  }
  await files.syncFolder(dirname(target))
}

/**
 * Git's own lock of a file of settings: who writes them does that in a file with this name, which then takes their place. One that
 * stays was left by a process that was killed. Throws `conflict` where that is not ours to remove.
 */
async function takeLock(lock: string, isOurs: boolean): Promise<void> {
  for (const end = performance.now() + longestWrite; !(await makeNew(lock)); await delay(10)) {
    if (performance.now() < end) continue
    const words = 'another process writes these settings, or was killed as it did'
    if (!isOurs) throw new CommitbaseError('conflict', `${lock} exists: ${words}; where none runs, remove it`)
    await rm(lock, { force: true })
  }
  // What git leaves that is killed as it writes the new file; nobody else writes that now.
  await rm(`${lock}.lock`, { force: true })
}

/** Whether it was not there yet. */
async function makeNew(file: string): Promise<boolean> {
  try {
    await writeFile(file, '', { flag: 'wx' })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** Milliseconds: several runs of git, each of which waits for the disk. */
const longestWrite = 1_000

async function syncMade(folder: string, files: Files): Promise<void> {
  await files.syncFile(join(folder, 'HEAD'))
  const made = ['objects/info', 'objects/pack', 'objects', 'refs/heads', 'refs/tags', 'refs', '.']
  for (const name of made) if (existsSync(join(folder, name))) await files.syncFolder(join(folder, name))
  await syncAbove(folder, files)
}

/** Formats that git knows and this program does not. */
const unreadable = [
  ['extensions.objectformat\nsha256', 'names its objects by SHA-256, and SHA-1 is needed'],
  ['extensions.refstorage\nreftable', 'keeps its refs in tables, and files are needed'],
] as const

/** Lock files and temporary packs of an owner that was killed. Only the owner of the folder may: nobody else writes it now. */
async function clearLeftovers(folder: string): Promise<void> {
  const packs = join(folder, 'objects', 'pack')
  const temporary = (await list(packs)).filter((name) => /^\.?tmp[_-]/.test(name)).map((name) => join(packs, name))
  const refs = (await readdir(join(folder, 'refs'), { recursive: true })).map((name) => join(folder, 'refs', name))
  const top = (await list(folder)).map((name) => join(folder, name))
  const info = (await list(join(folder, 'objects', 'info', 'commit-graphs'))).map((name) =>
    join(folder, 'objects', 'info', 'commit-graphs', name),
  )
  const locks = [...refs, ...top, ...info].filter((name) => name.endsWith('.lock'))
  await Promise.all([...temporary, ...locks].map((file) => rm(file, { force: true })))
}

async function list(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return []
    if (code === 'ENOTDIR') throw new CommitbaseError('invalid', `${folder} is a file, not a folder`, { cause: error })
    throw new CommitbaseError('unavailable', `the folder ${folder} cannot be read: ${message}`, { cause: error })
  }
}

async function isEmpty(file: string): Promise<boolean> {
  return (await stat(file).catch(() => undefined))?.size === 0
}

/** What an interrupted `git init`, or our own lock, leaves in a folder. */
function isOfRepository(name: string): boolean {
  return (
    ['HEAD', 'branches', 'config', 'description', 'hooks', 'info', 'objects', 'refs'].includes(name) ||
    name.startsWith('commitbase-')
  )
}

function notARepository(folder: string): CommitbaseError {
  return new CommitbaseError('invalid', `${folder} is not empty and no bare git repository; name another folder`)
}

const firstBranch = 'main'

const settings = {
  'core.fsync': 'all',
  'gc.auto': '0',
  'maintenance.auto': 'false',
  'receive.autogc': 'false',
  'uploadpack.allowFilter': 'true',
  'uploadpack.allowAnySHA1InWant': 'true',
}
