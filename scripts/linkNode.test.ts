import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readlink, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'

const script = fileURLToPath(new URL('./linkNode.mjs', import.meta.url))
const posix = { skip: process.platform === 'win32' && 'npm makes no links there' }

test('the Node.js that was installed becomes the one that npm’s scripts find', posix, async (t) => {
  const folder = await installed(t)
  run(folder)
  assert.equal(await readlink(join(folder, 'node_modules/.bin/node')), '../node-there/bin/node')
  run(folder)
})

test('a link that npm made stays', posix, async (t) => {
  const folder = await installed(t)
  await mkdir(join(folder, 'node_modules/.bin'))
  await symlink(process.execPath, join(folder, 'node_modules/.bin/node'))
  run(folder)
  assert.equal(await readlink(join(folder, 'node_modules/.bin/node')), process.execPath)
})

function run(cwd: string): void {
  execFileSync(process.execPath, [script], { cwd })
}

/** As after an npm ci that left the other platform's package out. */
async function installed(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'commitbase-link-'))
  t.after(() => rm(folder, { recursive: true }))
  await writeFile(
    join(folder, 'package.json'),
    JSON.stringify({ optionalDependencies: { 'node-elsewhere': '24', 'node-there': '24' } }),
  )
  await mkdir(join(folder, 'node_modules/node-there/bin'), { recursive: true })
  await writeFile(join(folder, 'node_modules/node-there/bin/node'), '')
  return folder
}
