import { fileURLToPath } from 'node:url'

/**
 * How `npm start` starts Node.js (package.json, scripts/keepCompiled.mjs), for what is measured.
 *
 * `--max-semi-space-size`: what a minor collection has to copy keeps everybody for 2 ms, 14 times a second at 5,000 writes a second, and not for 7
 * to 10 ms three times: p99 of a write was 13 to 21 ms so, and 21 to 50 with 64 MiB, which V8 takes by itself here.
 *
 * `--heap-growing-percent`: V8 looks through the whole heap once it has grown by so much; by its own measure that was every third second at
 * 2,000 events a second, a tenth of a second long each time.
 */
export const npmStart = {
  execArgv: ['--max-semi-space-size=16', '--v8-pool-size=2', '--heap-growing-percent=300'],
  environment: { NODE_COMPILE_CACHE: fileURLToPath(new URL('../node_modules/.cache/commitbase', import.meta.url)) },
}
