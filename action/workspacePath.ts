import type { Dirent } from 'node:fs'
import { readdir, realpath } from 'node:fs/promises'
import { isAbsolute, join, relative, resolve, sep } from 'node:path'
import { CommitbaseError } from '../src/errors.ts'

/**
 * The file or folder that an input names, where it really lies. Throws `invalid`, naming the input, where it, or a link in it,
 * leads out of the workspace: what runs is what the workflow checked out. Throws `not_found` where nothing is there.
 */
export async function workspacePath(workspace: string, path: string, input: string): Promise<string> {
  if (!workspace)
    throw new CommitbaseError('invalid', `input '${input}' is a path in GITHUB_WORKSPACE, which is not set`)
  const root = await realpath(workspace)
  const wanted = resolve(root, path)
  refuseOutside(root, wanted, path, input)
  const real = await realpath(wanted).catch((error) => {
    throw new CommitbaseError(
      'not_found',
      `input '${input}': there is nothing at '${path}' in the workspace; check it out in a step before this one`,
      { cause: error },
    )
  })
  refuseOutside(root, real, path, input)
  await followLinks(real, async (link) => {
    const target = await targetOf(link, path, input)
    refuseOutside(root, target, path, input)
    return target
  })
  return real
}

function refuseOutside(root: string, file: string, path: string, input: string): void {
  const way = relative(root, file)
  if (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)) return
  throw new CommitbaseError(
    'invalid',
    `input '${input}': '${path}' leads out of the workspace; name a file or folder that the workflow checked out`,
  )
}

async function targetOf(link: string, path: string, input: string): Promise<string> {
  return await realpath(link).catch((error) => {
    throw new CommitbaseError('invalid', `input '${input}': in '${path}' the link ${link} leads nowhere; remove it`, {
      cause: error,
    })
  })
}

/** Gives each link in a folder and below to `follow`, and goes on where that says it leads. */
async function followLinks(path: string, follow: (link: string) => Promise<string>, seen = new Set<string>()) {
  if (seen.has(path)) return
  seen.add(path)
  for (const entry of await entriesOf(path)) {
    const file = join(path, entry.name)
    if (entry.isDirectory()) await followLinks(file, follow, seen)
    if (entry.isSymbolicLink()) await followLinks(await follow(file), follow, seen)
  }
}

async function entriesOf(path: string): Promise<Dirent[]> {
  return await readdir(path, { withFileTypes: true }).catch((error) => {
    if (error.code === 'ENOTDIR') return []
    throw error
  })
}
