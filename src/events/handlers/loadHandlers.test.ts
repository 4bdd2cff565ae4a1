import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { loadHandlers } from './loadHandlers.ts'

async function folderWith(t: TestContext, files: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'commitbase-handlers-'))
  t.after(() => rm(folder, { recursive: true }))
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(folder, name, '..'), { recursive: true })
    await writeFile(join(folder, name), text)
  }
  return folder
}

test('each exported function of a folder handles the event type of its name, in TypeScript and JavaScript', async (t) => {
  const folder = await folderWith(t, {
    'a.ts': `import type { Event } from 'commitbase'
      export const limit: number = 3
      export function one(event: Event) { return event }
      function reserved() {}
      export { reserved as 'Tickets.Reserved' }`,
    'b.mjs': `export const two = async () => 2
      export const settings = { two: { deadline: 5, retries: 0 } }`,
    'b.test.ts': `throw new Error('a test is no handler')`,
    'below/c.ts': `throw new Error('nobody imports this')`,
  })
  const { handlers } = await loadHandlers(folder)
  assert.deepEqual([...handlers.keys()].sort(), ['Tickets.Reserved', 'one', 'two'])
  assert.deepEqual(handlers.get('two')!.settings, { deadline: 5, retries: 0, backOff: 100 })
  assert.deepEqual(handlers.get('one')!.settings, { deadline: 30_000, retries: 2, backOff: 100 })
})

test('a CommonJS module gives all that it exports, also what Node cannot read off its text', async (t) => {
  const folder = await folderWith(t, {
    'a.cjs': `module.exports = { async one() {}, 'two.three': () => 2 }`,
    'b.js': `exports.four = () => 4`,
  })
  assert.deepEqual([...(await loadHandlers(folder)).handlers.keys()].sort(), ['four', 'one', 'two.three'])
})

for (const [what, files, advice] of [
  ['an enum', { 'h.ts': 'export enum A { B }' }, /enum.*leaves out types only/],
  ['a value of commitbase', { 'h.ts': `import { Event } from 'commitbase'` }, /import type \{ Event \}/],
  [
    'a package.json that says CommonJS',
    { 'h.ts': 'export const a = () => 1', 'package.json': '{"type":"commonjs"}' },
    /"type": "module"/,
  ],
] as const) {
  test(`a module that does not load for ${what} says what to do`, async (t) => {
    await assert.rejects(loadHandlers(join(await folderWith(t, files), 'h.ts')), { code: 'invalid', message: advice })
  })
}

test('its id is the one that git gives to the folder', async (t) => {
  const folder = await folderWith(t, { 'a.js': 'export const one = () => 1', 'lib/b.txt': 'x', 'lib-c/d': '' })
  const git = (...args: string[]) => execFileSync('git', args, { cwd: folder, encoding: 'utf8' }).trim()
  git('init', '--quiet')
  await symlink('lib', join(folder, 'link'))
  git('add', '.')
  assert.equal((await loadHandlers(folder)).id, git('write-tree'))
  assert.equal((await loadHandlers(join(folder, 'a.js'))).id, git('hash-object', 'a.js'))
})

test('a module that does not load, exports nothing, or doubles a type is refused with its name', async (t) => {
  const broken = await folderWith(t, { 'broken.ts': 'export const x = ' })
  await assert.rejects(loadHandlers(broken), { code: 'invalid', message: /broken\.ts do not load/ })
  const empty = await folderWith(t, { 'empty.ts': 'export {}' })
  await assert.rejects(loadHandlers(empty), { code: 'invalid', message: /exports no handler/ })
  const twice = await folderWith(t, { 'a.ts': 'export const one = () => 1', 'b.ts': 'export const one = () => 2' })
  await assert.rejects(loadHandlers(twice), { code: 'invalid', message: /b\.ts exports 'one'/ })
  await assert.rejects(loadHandlers(join(empty, 'missing')), { code: 'not_found', message: /missing/ })
})

test('settings out of their range, or of a name that is none, are refused with what came', async (t) => {
  for (const [settings, words] of [
    [
      '{ deadline: Infinity }',
      /settings of 'one' in .*a\.ts: deadline must be a whole number from 1 to .*; got Infinity/,
    ],
    ['{ deadline: "5 s" }', /deadline must be .*; got '5 s'/],
    ['{ retries: Infinity }', /retries must be a whole number from 0 to 100; got Infinity/],
    ['{ backoff: 5 }', /know no 'backoff'; there are deadline, retries, backOff/],
    ['{ toString: 5 }', /know no 'toString'/],
    ['7', /must be an object; got 7/],
  ] as const) {
    const text = `export const one = () => 1; export const settings = { one: ${settings} }`
    await assert.rejects(loadHandlers(await folderWith(t, { 'a.ts': text })), { code: 'invalid', message: words })
  }
})
