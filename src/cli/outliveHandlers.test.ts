import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'

const [outlive, stray] = ['./outliveHandlers.ts', '../events/handlers/strayErrors.ts'].map(
  (file) => new URL(file, import.meta.url).href,
)

function run(code: string) {
  const program = `import { outliveHandlers } from '${outlive}'
    import { runGuarded } from '${stray}'
    outliveHandlers(console.log)
    ${code}`
  return spawnSync(process.execPath, ['--input-type=module', '--eval', program], { encoding: 'utf8' })
}

test('a handler that does not wait for what fails leaves the process running', () => {
  const { status, stdout } = run(`
    await runGuarded(() => { Promise.reject(new Error('lost')); return new Promise(() => {}) }).catch(() => {})
    console.log('still here')`)
  assert.equal(stdout, 'a handler did not wait for what failed: lost\nstill here\n')
  assert.equal(status, 0)
})

test('what no handler threw ends the process', () => {
  const { status, stdout, stderr } = run(`
    setTimeout(() => { throw new Error('ours') })
    setTimeout(() => console.log('still here'), 1000)`)
  assert.notEqual(status, 0)
  assert.equal(stdout, '')
  assert.match(stderr, /Error: ours/)
})
