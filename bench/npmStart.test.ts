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

test('what was compiled is kept where npm start keeps it, by its threads too', async () => {
  const text = `
    import { Worker } from 'node:worker_threads'
    import { keepCompiled } from '${new URL('../scripts/keepCompiled.mjs', import.meta.url)}'
    keepCompiled()
    const print = 'console.log(process.getBuiltinModule("node:module").getCompileCacheDir())'
    eval(print)
    new Worker(print, { eval: true })`
  const env = { ...process.env, NODE_COMPILE_CACHE: undefined }
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', text], { env })
  const folders = stdout.trim().split('\n')
  assert.equal(folders.length, 2, stdout)
  for (const folder of folders) assert.ok(folder.startsWith(npmStart.environment.NODE_COMPILE_CACHE), stdout)
})
