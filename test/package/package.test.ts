import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { end, flow, model, serviceTask, start } from '../../src/engine/testing/bpmn.ts'
import { run } from '../readme/copyProject.ts'
import { project } from '../readme/readme.ts'
import { olderNode, whyNoOlderNode } from '../start/olderNode.ts'
import { spawnStart } from '../start/startProcess.ts'
import { type Installed, installPackage } from './installPackage.ts'

const order = model('order', start(), serviceTask('pack', 'pack'), end(), flow('start -> pack -> end'))

test('the package that npm run package makes does its work where it is installed', { timeout: 180_000 }, async (t) => {
  const own = await installPackage(t)
  await own.write('order.bpmn', order)
  for (const [name, show] of Object.entries(promises)) await t.test(name, (t) => show(own, t))
})

const promises: Record<string, (own: Installed, t: TestContext) => Promise<void>> = {
  'it has what runs and what tells its types, and no tests': async ({ files }) => {
    for (const file of ['src/engine/gateway/gateway.proto', 'src/testing.d.ts'])
      assert.ok(files.includes(`./${file}`), file)
    const tops = new Set(files.map((file) => file.split('/')[1]))
    assert.deepEqual([...tops].sort(), ['LICENSE', 'README.md', 'package.json', 'scripts', 'src'])
    const others = files.filter((file) => /\.(test|contract)\.|\/testing\/|(?<!\.d)\.ts$/.test(file))
    assert.deepEqual(others, [])
  },

  'it asks for each package that it imports': async ({ folder, files, manifest }) => {
    const found = await Promise.all(files.filter((file) => file.endsWith('.js')).map((file) => importsOf(folder, file)))
    const names = new Set(found.flat())
    assert.ok(names.size > 10)
    for (const name of names) assert.ok(name in manifest.dependencies, name)
  },

  'its command tells what there is, and which one it is': async (own, t) => {
    assert.match(await saidBy(own, t, '--help'), /^Usage: commitbase <command>/)
    assert.equal(await saidBy(own, t, '--version'), `${own.manifest.version}\n`)
    for (const command of ['engine', 'worker', 'incidents', 'upkeep', 'token'])
      assert.match(await saidBy(own, t, command, '--help'), new RegExp(`^Usage: commitbase ${command}`))
  },

  'an older Node.js is told which one is needed, and nothing of a clone': async ({ folder, commitbase }, t) => {
    if (whyNoOlderNode !== false) return t.skip(whyNoOlderNode)
    const { status, words } = await run(`${olderNode} ${commitbase[1]}`, folder)
    assert.match(words, /^commitbase: this is Node\.js \d+\.\S+, and 24 is needed: [^\n]+nodejs\.org\n$/)
    assert.doesNotMatch(words, /npm/)
    assert.equal(status, 1)
  },

  'its engine runs a process, and its commands speak to that': async (own, t) => {
    const args = ['engine', '--memory', '--port', '0', '--rest-port', '0', 'order.bpmn']
    const engine = spawnStart(t, { command: own.commitbase, args, cwd: own.folder })
    await engine.said(/REST API at \S+\n/)
    const [, address, rest] = /engine is at (\S+)[\s\S]*REST API at (\S+)/.exec(engine.output)!
    await post(`${rest}/v2/process-instances`, { processDefinitionId: 'order' })
    const taken = await post(`${rest}/v2/jobs/activation`, { type: 'pack', timeout: 60_000, maxJobsToActivate: 1 })
    const { jobs } = (await taken.json()) as { jobs: { jobKey: number }[] }
    await post(`${rest}/v2/jobs/${jobs[0]!.jobKey}/failure`, { retries: 0, errorMessage: 'no box' })
    assert.match(await saidBy(own, t, 'incidents', '--address', address!), /no box/)
    assert.equal(await engine.kill('SIGTERM'), 0)
  },

  'its token command makes one': async (own, t) => {
    assert.match(
      await saidBy(own, t, 'token', 'create', 'laptop', '--scope', 'write', '--data', 'hub'),
      /^commitbase_[\w-]{43}$/m,
    )
  },

  'an engine of a program writes packs in a thread, and upkeep merges them in a process': async (own, t) => {
    await own.write('program.ts', program)
    for (let times = 0; times < 3; times++) {
      const { status, output, words } = await run(`'${process.execPath}' program.ts`, own.folder)
      assert.equal(status, 0, output + words)
    }
    assert.match(await saidBy(own, t, 'upkeep', '--data', 'engine.git'), /^merged small packs: [3-9] → 1 pack,/m)
    const { status, words } = await run('git --git-dir=engine.git fsck --strict', own.folder)
    assert.equal(status, 0, words)
  },

  'it tests a process, in JavaScript and in TypeScript': async (own) => {
    await own.write('order.test.js', tests)
    await own.write('order.test.ts', tests)
    const { status, output } = await run(`'${process.execPath}' --test order.test.js order.test.ts`, own.folder)
    assert.match(output, /pass 2$/m)
    assert.equal(status, 0, output)
  },

  'its types hold, its own and those that it leads to': async (own) => {
    await own.write('handlers.ts', handlers)
    await own.write(
      'tsconfig.json',
      JSON.stringify({ compilerOptions, files: ['handlers.ts', 'order.test.ts', 'program.ts'] }),
    )
    const tsc = join(project, 'node_modules/typescript/bin/tsc')
    const { status, output } = await run(`'${process.execPath}' ${tsc}`, own.folder)
    assert.match(
      output,
      /^handlers\.ts\(4,\d+\): error TS\d+: .*'tabel'[^\n]*\n$/,
      'the mistake that it has, and no other',
    )
    assert.notEqual(status, 0)
  },
}

const compilerOptions = {
  module: 'nodenext',
  target: 'es2024',
  strict: true,
  noEmit: true,
  skipLibCheck: false,
  types: ['node'],
}

const handlers = `import type { Event, Transaction } from 'commitbase'
export async function place_order(event: Event<{ id: string }>, tx: Transaction) {
  const order = await tx.upsert('order', { _id: event.data.id, status: 'placed' })
  tx.tabel('order')
  return order._id.toUpperCase()
}
`

const tests = `import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { complete, completed, given, start } from 'commitbase/testing'

const order = await readFile('order.bpmn', 'utf8')

test('an order is packed', () => given(order).when(start('order'), complete('pack')).then(completed('order')))
`

/** Its last pack is larger than what is written without the thread; it ends once that is on the disk. */
const program = `import { randomBytes } from 'node:crypto'
import { readFileSync, statSync, watch } from 'node:fs'
import { openFolder, startEngine } from 'commitbase/engine'

setTimeout(() => {
  throw new Error('no large pack was written within 20 s')
}, 20_000).unref()
const { store, close } = await openFolder('engine.git', { author: { name: 'Engine', email: 'engine@example.net' } })
const engine = await startEngine({ store, port: 0, rest: { port: 0 } })
const written = Promise.withResolvers<void>()
watch('engine.git/objects/pack', (_, name) => {
  const size = statSync('engine.git/objects/pack/' + name, { throwIfNoEntry: false })?.size ?? 0
  if (name?.endsWith('.pack') && size > 500_000) written.resolve()
}).unref()
await engine.deploy([{ name: 'order.bpmn', content: readFileSync('order.bpmn', 'utf8') }])
const body = JSON.stringify({ processDefinitionId: 'order', variables: { text: randomBytes(500_000).toString('base64') } })
const headers = { 'content-type': 'application/json' }
await fetch(engine.rest?.address + '/v2/process-instances', { method: 'POST', headers, body })
await written.promise
await engine.stop()
await close()
`

async function saidBy(own: Installed, t: TestContext, ...args: string[]): Promise<string> {
  const asked = spawnStart(t, { command: own.commitbase, args, cwd: own.folder })
  assert.equal(await asked.ended, 0, asked.output)
  return asked.output
}

async function post(url: string, body: object): Promise<Response> {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
  assert.ok(response.ok, url)
  return response
}

/** The packages that a module of the package imports. */
async function importsOf(folder: string, file: string): Promise<string[]> {
  const text = await readFile(join(folder, 'node_modules/commitbase', file), 'utf8')
  const named = [...text.matchAll(/^(?:import|export|\}) .*?from '([^']+)'|^import '([^']+)'/gm)]
  return named
    .map(([, from, whole]) => from ?? whole!)
    .filter((name) => !/^(\.|node:)/.test(name))
    .map((name) => /^(@[^/]+\/)?[^/]+/.exec(name)![0])
}
