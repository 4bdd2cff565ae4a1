import { mkdir, readdir, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { CommitbaseError, messageOf } from '../errors.ts'
import { type Files, nodeFiles } from '../git/disk/files.ts'
import { syncAbove } from '../git/disk/syncAbove.ts'

/** Where a hub keeps what. */
export interface Layout {
  /** The bare git repository. */
  readonly git: string
  /** A folder with a file for each token. */
  readonly tokens: string
  /** The file in which earlier versions kept two tokens as they are. */
  readonly oldTokens: string
  /** Which requests were refused. */
  readonly audit: string
  /** What was accepted and is not applied yet. */
  readonly journal: string
  /** Bodies of pushes that wait for their turn. */
  readonly spool: string
  /** The indexes of the records, which can be built again. */
  readonly index: string
}

/**
 * The places in a hub's folder. Where the folder is a bare repository itself (a mirror clone), the hub's own files go into
 * `commitbase/` in it; else the repository is `repository.git` beside them. Folders that are made here only their owner can read,
 * and they survive a power cut. Throws `unavailable` where the folder cannot be made or read.
 */
export async function layOut(folder: string, files: Files = nodeFiles): Promise<Layout> {
  const root = resolve(folder)
  try {
    await makeFolder(root)
    const isRepository = await isBareRepository(root)
    const own = isRepository ? join(root, 'commitbase') : root
    const layout = {
      git: isRepository ? root : join(root, 'repository.git'),
      tokens: join(own, 'tokens'),
      oldTokens: join(own, 'tokens.json'),
      audit: join(own, 'audit.log'),
      journal: join(own, 'accepted.journal'),
      spool: join(own, 'incoming'),
      index: join(own, 'index.sqlite'),
    }
    await makeFolder(layout.spool)
    await syncAbove(layout.spool, files)
    return layout
  } catch (error) {
    throw new CommitbaseError(
      'unavailable',
      `the folder ${root} cannot be used (${messageOf(error)}); choose one that you may write to`,
      { cause: error },
    )
  }
}

/** Node's own way to make a folder with those above it never ends where the system says that they are not there (`/proc/x`). */
async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST' && (await stat(folder)).isDirectory()) return
    if (code !== 'ENOENT' || dirname(folder) === folder) throw error
    await makeFolder(dirname(folder))
    await mkdir(folder, { mode: 0o700 })
  }
}

async function isBareRepository(folder: string): Promise<boolean> {
  const names = await readdir(folder)
  return ['HEAD', 'objects', 'refs'].every((name) => names.includes(name))
}
