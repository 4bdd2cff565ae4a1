import { open } from 'node:fs/promises'
import { join } from 'node:path'

/** Writes a whole file so that after a power cut it is there with all its bytes; the name itself needs `syncFolder`. */
export async function writeDurably(file: string, bytes: Buffer | string, mode?: number): Promise<void> {
  const handle = await open(file, 'w', mode)
  try {
    await handle.writeFile(bytes)
    await handle.datasync()
  } finally {
    await handle.close()
  }
}

/** Makes the names in a folder durable: git and rename alone leave them to the file system. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** The folders from a file's own up to `root`, the deepest first. */
export function foldersUpTo(root: string, file: string): string[] {
  const folders: string[] = []
  const parts = file.split('/').slice(0, -1)
  for (let depth = parts.length; depth >= 0; depth--) folders.push(join(root, ...parts.slice(0, depth)))
  return folders
}
