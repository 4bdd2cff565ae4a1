import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * What else than the commits themselves says to git which are their parents: where a shallow clone ends, and grafts
 * (gitrepository-layout). Nothing where nothing does. `refs/replace/` says nothing to ours (see `gitEnvironment`).
 */
export async function readCuts(folder: string): Promise<string | undefined> {
  const cuts = await Promise.all(['shallow', join('info', 'grafts')].map((name) => readIfThere(join(folder, name))))
  return cuts.every((cut) => cut === undefined) ? undefined : cuts.join('\n\n')
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw error
  }
}
