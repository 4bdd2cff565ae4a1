import { CommitbaseError } from '../../errors.ts'
import type { Path } from '../../git/trees/path.ts'
import type { WorkingTree } from '../../git/trees/workingTree.ts'

/**
 * Within the tree's `now`. Throws `conflict` where the path leads over something else than folders: a symbolic link or a submodule
 * is never followed. Gives whether there is a folder.
 */
export function refuseLinks(tree: WorkingTree, path: Path): boolean {
  for (let depth = 1; depth <= path.length; depth++) {
    const child = tree.getNow(path.slice(0, depth))
    if (!child) return false
    if (child.kind === 'folder') continue
    const kind = child.kind === 'file' ? 'a file' : child.mode === '120000' ? 'a symbolic link' : 'a submodule'
    throw new CommitbaseError('conflict', `${path.slice(0, depth).join('/')} is ${kind}, not a folder; remove it`)
  }
  return true
}
