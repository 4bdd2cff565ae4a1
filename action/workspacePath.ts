import { readdir, realpath, stat } from 'node:fs/promises'
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
  for (const file of await filesAt(real)) refuseOutside(root, await realpath(file), path, input)
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

async function filesAt(path: string): Promise<string[]> {
  if (!(await stat(path)).isDirectory()) return [path]
  return (await readdir(path, { recursive: true })).map((name) => join(path, name))
}
