import { fileURLToPath } from 'node:url'

/** How a process of Node.js is started. */
export interface NodeStart {
  readonly execArgv: readonly string[]
  readonly environment: Readonly<Record<string, string>>
}

/**
 * As `npm start` does it (package.json, scripts/keepCompiled.mjs): for what is measured as a hub or from a process's start on.
 *
 * `--no-lazy`: Node.js keeps of a module what was compiled before it ran. Without it that is next to nothing, and each function is read and compiled
 * again at its first call: a fifth of the time of the first HISTORY after a start.
 */
export const npmStart = {
  execArgv: ['--max-semi-space-size=16', '--v8-pool-size=2', '--no-lazy'],
  environment: { NODE_COMPILE_CACHE: fileURLToPath(new URL('../node_modules/.cache/commitbase', import.meta.url)) },
} satisfies NodeStart
