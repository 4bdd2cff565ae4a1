import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'

const module = new URL('./strayErrors.ts', import.meta.url).href
const turns = new URL('./shareRounds.ts', import.meta.url).href

/** What a door prints that hands over what nobody caught. */
function runInDoor(code: string): string {
  const door = `import { failItsRun, runGuarded } from '${module}'
    process.on('uncaughtException', (error) => console.log(failItsRun(error) ? 'a run: ' : 'nobody: ', error.message))
    ${code}`
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', door], { encoding: 'utf8' })
  assert.equal(stderr, '')
  return stdout.replaceAll(/ +/g, ' ')
}

for (const [where, code] of Object.entries({
  'a promise without await': `() => { Promise.reject(new Error('lost')); return new Promise(() => {}) }`,
  'a promise without await, at once before its end': `() => { Promise.reject(new Error('lost')); return 5 }`,
  'a timer': `() => { setTimeout(() => { throw new Error('lost') }); return new Promise(() => {}) }`,
  'an event without a listener for errors': `async () => {
    const { EventEmitter } = await import('node:events')
    setImmediate(() => new EventEmitter().emit('error', new Error('lost')))
    return new Promise(() => {})
  }`,
})) {
  test(`what is thrown in ${where} fails the run that it belongs to, and no other`, () => {
    const printed = runInDoor(`
      const other = runGuarded(() => new Promise((resolve) => setTimeout(() => resolve('fine'), 50)))
      await runGuarded(${code}).catch((error) => console.log('failed: ' + error.message))
      console.log(await other)`)
    assert.equal(printed, 'a run: lost\nfailed: lost\nfine\n')
  })
}

test('of many runs that share rounds of the event loop each fails by what it lost itself', () => {
  const printed = runInDoor(`
    const { shareRounds } = await import('${turns}')
    const nextTurn = shareRounds()
    for (let number = 1; number <= 40; number++) {
      const run = () => { if (number % 2 > 0) Promise.reject(new Error('lost ' + number)) }
      await runGuarded(run, nextTurn).catch((error) => console.log(error.message))
    }`)
  const lost = Array.from({ length: 20 }, (_, index) => `a run: lost ${2 * index + 1}\nlost ${2 * index + 1}\n`)
  assert.equal(printed, lost.join(''))
})

test('what a run throws after its end is still known as its own', () => {
  const late = `setTimeout(() => { throw new Error('late') }, 20)`
  assert.equal(runInDoor(`console.log(await runGuarded(() => { ${late}; return 5 }))`), '5\na run: late\n')
})

test('what no run threw is nobody’s', () => {
  assert.equal(runInDoor(`setTimeout(() => { throw new Error('ours') })`), 'nobody: ours\n')
})
