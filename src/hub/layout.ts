import { mkdir, readdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { CommitbaseError, messageOf } from '../errors.ts'

/** Where a hub keeps what. */
export interface Layout {
  /** The bare git repository. */
  readonly git: string
  readonly tokens: string
  /** What was accepted and is not applied yet. */
  readonly journal: string
  /** Bodies of pushes that wait for their turn. */
  readonly spool: string
}

/**
 * The places in a hub's folder. Where the folder is a bare repository itself (a mirror clone), the hub's own files go into
 * `commitbase/` in it; else the repository is `repository.git` beside them. Folders that are made here only their owner can read.
 * Throws `unavailable` where the folder cannot be made or read.
 */
export async function layOut(folder: string): Promise<Layout> {
  const root = resolve(folder)
  try {
    await mkdir(root, { recursive: true, mode: 0o700 })
    const isRepository = await isBareRepository(root)
    const own = isRepository ? join(root, 'commitbase') : root
    const layout = {
      git: isRepository ? root : join(root, 'repository.git'),
      tokens: join(own, 'tokens.json'),
      journal: join(own, 'accepted.journal'),
      spool: join(own, 'incoming'),
    }
    await mkdir(layout.spool, { recursive: true, mode: 0o700 })
    return layout
  } catch (error) {
    throw new CommitbaseError(
      'unavailable',
      `the folder ${root} cannot be used (${messageOf(error)}); choose one that you may write to`,
      { cause: error },
    )
  }
}

async function isBareRepository(folder: string): Promise<boolean> {
  const names = await readdir(folder)
  return ['HEAD', 'objects', 'refs'].every((name) => names.includes(name))
}
