import { dirname } from 'node:path'
import { type Files, nodeFiles } from './files.ts'

/**
 * Resolves when the folder's name, and those of the folders above it, survive a power cut. All of them: who made some may have
 * been killed before this.
 */
export async function syncAbove(folder: string, files: Files = nodeFiles): Promise<void> {
  for (let below = folder; dirname(below) !== below; below = dirname(below)) {
    try {
      await files.syncFolder(dirname(below))
    } catch (error) {
      if (!isNotOurs(error)) throw error
    }
  }
}

/** We make none that we may not read or write, nor any where the system cannot sync. */
function isNotOurs(error: unknown): boolean {
  return ['EACCES', 'EPERM', 'EROFS', 'EINVAL', 'ENOTSUP', 'ENOSYS'].includes(
    (error as NodeJS.ErrnoException).code ?? '',
  )
}
