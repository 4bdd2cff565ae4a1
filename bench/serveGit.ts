import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

export interface GitServer {
  readonly address: string
  /** How many requests have brought a push so far, refused ones too. */
  pushes(): Promise<number>
  stop(): void
}

/**
 * Serves `<root>/octo/shop.git` over smart HTTP on 127.0.0.1, as GitHub does, for whoever asks. From a process of its own: to start
 * git takes the longer the more memory the one has that starts it, and a benchmark may have a gigabyte.
 */
export async function serveGit(repository: string): Promise<GitServer> {
  const child = fork(fileURLToPath(new URL('./gitServer.ts', import.meta.url)), [repository])
  const [address] = await once(child, 'message')
  return {
    address,
    async pushes() {
      child.send('pushes')
      const [count] = await once(child, 'message')
      return count
    },
    stop: () => child.disconnect(),
  }
}
