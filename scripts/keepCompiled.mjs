import module from 'node:module'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('../node_modules/.cache/commitbase', import.meta.url))

/**
 * Keeps what Node.js makes of our TypeScript for the next start, which takes half of the time then, and 25 MB less. In a folder of our own: the
 * default is one that everybody on the machine may write to. Where it cannot be written, nothing is kept. Threads are told by the environment:
 * one that compiles all anew takes three times as long to start.
 */
export function keepCompiled() {
  const { ENABLED } = module.constants?.compileCacheStatus ?? {}
  if (module.enableCompileCache?.(folder).status === ENABLED) process.env.NODE_COMPILE_CACHE = folder
}
