import { fileURLToPath } from 'node:url'

/** How a process of Node.js is started. */
export interface NodeStart {
  readonly execArgv: readonly string[]
  readonly environment: Readonly<Record<string, string>>
}

/**
 * As `npm start` does it (package.json, scripts/keepCompiled.mjs): for what is measured as a hub or from a process's start on.
 *
 * `--heap-growing-percent`: V8 looks through the whole heap once it has grown by so much; by its own measure that was every third second at
 * 2,000 events a second, a tenth of a second long each time.
 */
export const npmStart = {
  execArgv: ['--max-semi-space-size=16', '--v8-pool-size=2', '--heap-growing-percent=300'],
  environment: { NODE_COMPILE_CACHE: fileURLToPath(new URL('../node_modules/.cache/commitbase', import.meta.url)) },
} satisfies NodeStart
