import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { order } from '../../examples/shop/orders.ts'
import { afterwards } from '../../src/git/testing/afterwards.ts'
import { git, newFolder, repository as repo } from '../../src/hub/testing/testHub.ts'
import { connect } from '../../src/zeebe/connect.ts'
import { createInstance, createInstanceWithResult } from '../../src/zeebe/createInstance.ts'
import { listIncidents } from '../../src/zeebe/listIncidents.ts'
import { type Addresses, addressesOf, type StartProcess, spawnStart } from '../start/startProcess.ts'
import { filesBelow, formsOf, processList, secretIn } from './secretForms.ts'

test("the token's value is in no output, no process list, no object, no file, and no variable", async (t) => {
  const folder = await newFolder(t)
  const ports = ['--port', '0', '--engine-port', '0']
  const own = `hub_${randomBytes(24).toString('hex')}`
  const run = spawnStart(t, {
    args: ['--data', folder, ...ports, '--repository', repo, '--json'],
    env: { COMMITBASE_TOKEN: own },
  })
  const watching = watchProcessList(run)
  await run.line(({ what }) => what === "the engine's gateway")
  const addresses = await addressesOf(folder)
  const variables = await playMore(t, addresses)
  await cloneWith(folder, addresses)
  assert.equal(await run.kill('SIGTERM'), 0)
  const lists = await watching
  const forms = [own, addresses.token].flatMap(formsOf)

  assert.equal(secretIn(run.output, forms), undefined, 'on the screen')
  assert.ok(lists.some((list) => list.includes('git ')))
  assert.equal(secretIn(lists.join('\n'), forms), undefined, 'in the process list')
  assert.equal(secretIn(JSON.stringify(variables), forms), undefined, 'in a variable')
  const objects = await everyObject(join(folder, 'repository.git'))
  assert.ok(objects.includes('"authorization": "Bearer {{GitHubToken}}"'), "the engine's state is among the objects")
  assert.ok(objects.includes('{{secrets.GitHubToken}}'))
  assert.equal(secretIn(objects, forms), undefined, 'in an object of the repository')
  for await (const { path, bytes } of filesBelow(folder)) {
    assert.equal(secretIn(bytes, forms), undefined, `in ${path}`)
  }
})

test('the search finds a token that is there', () => {
  const token = 'hub_0123456789abcdef0123456789abcdef'
  const basic = Buffer.from(`me:${token}`).toString('base64')
  for (const text of [`Bearer ${token}`, `Basic ${basic}`, `${btoa(`x-access-token:${token}`)}`])
    assert.ok(secretIn(text, formsOf(token)), text)
  assert.equal(secretIn('Bearer {{GitHubToken}}', formsOf(token)), undefined)
})

/** What a process can do to get at the token: a connector, a server that echoes it, a body that names it. Gives all variables at the end. */
async function playMore(t: TestContext, addresses: Addresses): Promise<unknown[]> {
  const engine = connect({ address: addresses.engine })
  afterwards(t, () => engine.close())
  const start = order('fulfilled', { _id: 'by-connector', repo })
  const connector = { bpmnProcessId: 'order-fulfilment-connector', variables: { ...start.variables } }
  const { variables } = await createInstanceWithResult(engine, connector)
  assert.equal(variables.outcome, 'fulfilled')
  const echo = await startEcho(t)
  const asking = { url: echo.address, authorization: 'Bearer {{GitHubToken}}' }
  const { processInstanceKey } = await createInstance(engine, { bpmnProcessId: 'get-time', variables: asking })
  const incident = await until(async () => (await listIncidents(engine, processInstanceKey))[0])
  assert.match(incident.message, /GitHubToken.*may/)
  assert.deepEqual(echo.asked, [], 'the token goes to no other host')
  return [variables, incident]
}

async function startEcho(t: TestContext): Promise<{ address: string; asked: string[] }> {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(String(request.headers.authorization))
    response.end(JSON.stringify(request.headers))
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  afterwards(t, () => new Promise((closed) => server.close(closed)))
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, asked }
}

/** Looks again and again until the process ends. */
async function watchProcessList(run: StartProcess): Promise<string[]> {
  const lists = new Set<string>()
  let hasEnded = false
  void run.ended.finally(() => {
    hasEnded = true
  })
  while (!hasEnded) {
    lists.add(await processList())
    await delay(5)
  }
  return [...lists]
}

async function cloneWith(folder: string, { hub, token }: Addresses): Promise<void> {
  const env = {
    PATH: process.env.PATH,
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'http.extraHeader',
    GIT_CONFIG_VALUE_0: `Authorization: Bearer ${token}`,
  }
  await promisify(execFile)('git', ['clone', '-q', `${hub}/${repo}.git`, join(folder, 'clone')], { env })
  assert.match(await git(join(folder, 'clone'), 'log', '-1', '--format=%B'), /Event-Id: /)
}

async function everyObject(repository: string): Promise<Buffer> {
  const args = ['-C', repository, 'cat-file', '--batch-all-objects', '--batch', '--buffer']
  return (await promisify(execFile)('git', args, { encoding: 'buffer', maxBuffer: 1 << 29 })).stdout
}

async function until<T>(ask: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const answer = await ask()
    if (answer !== undefined) return answer
    await delay(5)
  }
}
