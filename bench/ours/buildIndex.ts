import { openOwned } from './openOwned.ts'

/** Opens a folder as the hub does, and waits until its index is where the branch is. */
export async function measure({ folder }: { readonly folder: string }): Promise<Record<never, never>> {
  const storage = await openOwned(folder)
  try {
    await storage.index.settled()
  } finally {
    await storage.close()
  }
  return {}
}
