import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { npmStart } from './npmStart.ts'

test('the flags are those of npm start', () => {
  const { scripts } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  assert.ok(scripts.start.includes(`node ${npmStart.execArgv.join(' ')} scripts/start.mjs`), scripts.start)
})

test('what was compiled is kept where npm start keeps it', async () => {
  const text = `
    import { getCompileCacheDir } from 'node:module'
    import { keepCompiled } from '${new URL('../scripts/keepCompiled.mjs', import.meta.url)}'
    keepCompiled()
    process.stdout.write(getCompileCacheDir())`
  const env = { ...process.env, NODE_COMPILE_CACHE: undefined }
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', text], { env })
  assert.ok(stdout.startsWith(npmStart.environment.NODE_COMPILE_CACHE), stdout)
})
