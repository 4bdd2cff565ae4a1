import assert from 'node:assert/strict'
import { access, chmod, cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { afterwards } from '../../src/git/testing/afterwards.ts'
import { newFolder } from '../../src/hub/testing/testHub.ts'
import { olderNode, whyNoOlderNode } from './olderNode.ts'
import { type ProcessOptions, spawnStart, startOn } from './startProcess.ts'

const commitbase = [process.execPath, join(import.meta.dirname, '../../scripts/commitbase.mjs')] as [string, string]
const anyPorts = ['--port', '0', '--engine-port', '0']

test('--help tells every option, status 0', async (t) => {
  const help = spawnStart(t, { args: ['--help'] })
  assert.equal(await help.ended, 0)
  for (const flag of ['--data', '--port', '--engine-port', '--no-demo', '--exit', '--json', '--help'])
    assert.match(help.output, new RegExp(`^ +${flag}\\b`, 'm'))
  assert.match(help.output, /ZEEBE_ADDRESS/)
  assert.match(help.output, /GITHUB_REPOSITORY/)
})

test('what it does not understand is told in one sentence', async (t) => {
  const cases: [string[], RegExp][] = [
    [['--frobnicate'], /--frobnicate.*--help/],
    [['now'], /now.*--help/],
    [['--port'], /--port.*--help/],
    [['--port', 'abc'], /--port must be a port from 0 to 65535; got 'abc'/],
    [['--engine-port', '70000'], /--engine-port must be a port from 0 to 65535; got '70000'/],
  ]
  await Promise.all(cases.map(([args, sentence]) => refuses(t, { args }, sentence)))
})

test('a taken port: the sentence names it, and the folder is free for the next start', async (t) => {
  const folder = await newFolder(t)
  const port = await takePort(t)
  const data = ['--data', folder, '--no-demo']
  await refuses(t, { args: [...data, '--port', port, '--engine-port', '0'] }, new RegExp(`port ${port}.*--port`))
  await refuses(t, { args: [...data, '--port', '0', '--engine-port', port] }, new RegExp(`port ${port}.*engine`))
  const started = await startOn(t, folder)
  assert.equal(await started.kill('SIGTERM'), 0)
})

test('a folder that cannot be used: the sentence names it', async (t) => {
  const folder = await newFolder(t)
  const file = join(folder, 'file')
  await writeFile(file, '')
  for (const data of [file, join(file, 'below')])
    await refuses(t, { args: ['--data', data, ...anyPorts] }, new RegExp(`${data}.*choose one that you may write to`))
})

test('a folder that another one runs on: the sentence says which process', async (t) => {
  const folder = await newFolder(t)
  const first = await startOn(t, folder)
  const sentence = new RegExp(`in use by process ${first.pid} at ${first.addresses.hub}`)
  await refuses(t, { args: ['--data', folder, ...anyPorts] }, sentence)
  assert.equal(await first.kill('SIGINT'), 0, 'the first one goes on, and stops cleanly')
})

test('without git, or with one that is too old, the sentence says to install it', async (t) => {
  const folder = await newFolder(t)
  const args = ['--data', join(folder, 'data'), ...anyPorts]
  const old = join(folder, 'old')
  await mkdir(old)
  await writeFile(join(old, 'git'), '#!/bin/sh\necho git version 2.20.1\n')
  await chmod(join(old, 'git'), 0o755)
  await refuses(t, { args, env: { PATH: join(folder, 'nowhere') } }, /git.*install/)
  await refuses(t, { args, env: { PATH: old } }, /git 2\.20\.1 is too old; install git 2\.\d+ or newer/)
})

test('a command that finds its port taken names the option that it has', async (t) => {
  const port = await takePort(t)
  const sentence = new RegExp(`port ${port}.*--port of 'commitbase engine'`)
  await refuses(t, { command: commitbase, args: ['engine', '--memory', '--no-management', '--port', port] }, sentence)
})

test('a command without what it works on says how to name it', async (t) => {
  const folder = await newFolder(t)
  const file = join(folder, 'file')
  const missing = join(folder, 'missing')
  await writeFile(file, '')
  const nobody = `127.0.0.1:${await freePort()}`
  const cases: [string[], RegExp][] = [
    [['engine', '--port', '0', '--data', file], new RegExp(`${file}.*choose one that you may write to`)],
    [
      ['incidents', '--address', nobody],
      new RegExp(`${nobody} did not answer.*ECONNREFUSED ${nobody}; start it, or .*--address`),
    ],
    [['worker', '--address', nobody], new RegExp(`${nobody} did not answer.*; start it, or .*--address`)],
    [['token', 'list', '--data', missing], new RegExp(`no folder ${missing}.*--data`)],
    [['token', 'revoke', 'laptop', '--data', missing], new RegExp(`no folder ${missing}.*--data`)],
    [['token'], /'token' is no call; it is/],
  ]
  for (const [args, sentence] of cases) await refuses(t, { command: commitbase, args }, sentence)
  await assert.rejects(access(missing), 'who only looks makes no folder')
})

test('--version tells which one it is', async (t) => {
  const asked = spawnStart(t, { command: commitbase, args: ['--version'] })
  assert.equal(await asked.ended, 0)
  const { version } = JSON.parse(await readFile(join(import.meta.dirname, '../../package.json'), 'utf8'))
  assert.equal(asked.output, `${version}\n`)
})

test('a Node that is too old says which one is needed', { skip: whyNoOlderNode }, async (t) => {
  for (const script of ['start.mjs', 'commitbase.mjs']) {
    const command = [olderNode, join(import.meta.dirname, '../../scripts', script)] as const
    await refuses(t, { args: [], command: [...command] }, /Node\.js \d+\..*24 is needed.*npm ci/)
  }
})

test('a copy of the sources below node_modules says how to get what runs there', async (t) => {
  const folder = join(await newFolder(t), 'node_modules', 'commitbase')
  await cp(join(import.meta.dirname, '../../scripts'), join(folder, 'scripts'), { recursive: true })
  const copy = [process.execPath, join(folder, 'scripts', 'commitbase.mjs')] as [string, string]
  await refuses(
    t,
    { args: ['--help'], command: copy },
    /copy of the sources below node_modules.*npm run package.*npm install <folder of the clone>/,
  )
})

/** One sentence on standard error, nothing else, status 1. */
async function refuses(t: TestContext, options: ProcessOptions, sentence: RegExp): Promise<void> {
  const started = spawnStart(t, options)
  assert.equal(await started.ended, 1, started.output)
  assert.match(started.errors, sentence)
  assert.match(started.errors, /^commitbase: [^\n]+\n$/, 'it is one line')
  assert.equal(started.output, started.errors)
}

async function takePort(t: TestContext): Promise<string> {
  const server = createServer()
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  afterwards(t, () => new Promise((closed) => server.close(closed)))
  return String((server.address() as AddressInfo).port)
}

/** One that nobody listens on. */
async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as AddressInfo
  await new Promise((closed) => server.close(closed))
  return port
}
