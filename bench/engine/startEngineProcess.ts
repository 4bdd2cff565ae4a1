import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { npmStart } from '../npmStart.ts'

export interface Usage {
  /** Milliseconds of processor time since the process began. */
  readonly cpu: number
  /** Bytes: the resident set, and what lives on JavaScript's heap. */
  readonly rss: number
  readonly heap: number
}

export interface EngineProcess {
  readonly address: string
  usage(): Promise<Usage>
  stop(): Promise<void>
  /** As `kill -9`. */
  kill(): Promise<void>
}

/** Starts the engine on a folder; resolves when it listens. `flags`: Node's own. */
export async function startEngineProcess(folder: string, flags: readonly string[] = []): Promise<EngineProcess> {
  const script = fileURLToPath(new URL('engineProcess.ts', import.meta.url))
  const env = { ...process.env, ...npmStart.environment }
  const child = fork(script, [folder], { execArgv: [...npmStart.execArgv, ...flags], env })
  const gone = once(child, 'exit')
  const answer = async <T>(): Promise<T> => {
    const ended = gone.then(([status, signal]) => {
      throw new Error(`the engine's process ended with ${signal ?? status}`)
    })
    const [message] = await Promise.race([once(child, 'message'), ended])
    return message as T
  }
  const { address } = await answer<{ address: string }>()
  return {
    address,
    async usage() {
      child.send('usage')
      return (await answer<{ usage: Usage }>()).usage
    },
    async stop() {
      child.send('stop')
      await gone
    },
    async kill() {
      child.kill('SIGKILL')
      await gone
    },
  }
}
