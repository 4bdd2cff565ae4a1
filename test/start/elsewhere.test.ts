import assert from 'node:assert/strict'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { startEngine } from '../../src/engine/start.ts'
import { createMemoryStore } from '../../src/engine/storage/store.ts'
import { loadHandlers } from '../../src/events/handlers/loadHandlers.ts'
import { afterwards } from '../../src/git/testing/afterwards.ts'
import type { Hub } from '../../src/hub/hub.ts'
import { git, newFolder, repository, runGit, startTestHub } from '../../src/hub/testing/testHub.ts'
import { connect, type Engine } from '../../src/zeebe/connect.ts'
import { createInstance } from '../../src/zeebe/createInstance.ts'
import { listIncidents } from '../../src/zeebe/listIncidents.ts'
import { publisherTo } from '../../src/zeebe/publish.ts'
import { formsOf, processList, secretIn } from '../shop/secretForms.ts'
import { spawnStart } from './startProcess.ts'

const anyPorts = ['--port', '0', '--engine-port', '0']
const patience = { timeout: 60_000 }

test(
  'with ZEEBE_ADDRESS the same run uses that engine, and leaves its incident to an operator',
  patience,
  async (t) => {
    const folder = await newFolder(t)
    const engine = await startOtherEngine(t)
    const args = ['--exit', '--json', '--data', folder, ...anyPorts]
    const run = spawnStart(t, { args, env: { ZEEBE_ADDRESS: engine.address } })
    assert.equal(await run.ended, 0, run.output)
    const [first] = run.lines
    assert.match(String(first?.text), new RegExp(`the engine at ${engine.address}$`))
    const outcomes = run.lines.filter(({ type }) => type === 'outcome')
    assert.equal(outcomes.length, 7)
    const late = outcomes.find(({ text }) => String(text).includes('late'))
    assert.match(String(late?.text), /outcome: fulfilled, late; the incident of instance \d+ stays open.*Operate/)
    const [incident, ...others] = await listIncidents(engine)
    assert.deepEqual(others, [])
    assert.ok(String(late?.text).includes(incident!.processInstanceKey))
    const { version } = await createInstance(engine, { bpmnProcessId: 'get-time' })
    assert.equal(version, 1, 'the models were deployed there')
    const refs = await git(join(folder, 'repository.git'), 'for-each-ref', '--format=%(refname)')
    assert.ok(!refs.includes('refs/commitbase/engine'), 'and none here')
  },
)

test('an engine that is away is said in one sentence', async (t) => {
  const args = ['--data', await newFolder(t), ...anyPorts]
  const run = spawnStart(t, { args, env: { ZEEBE_ADDRESS: '127.0.0.1:9' } })
  assert.equal(await run.ended, 1)
  assert.match(run.errors, /^commitbase: no engine answers at 127\.0\.0\.1:9: start it[^\n]*ZEEBE_ADDRESS[^\n]*\n$/)
})

test(
  'with GITHUB_REPOSITORY and a token it dispatches there: the commits are there, none are here',
  patience,
  async (t) => {
    const folder = await newFolder(t)
    const gitHub = await startTestHub(t, {
      handlers: await loadHandlers(join(import.meta.dirname, '../../examples/shop/handlers')),
    })
    const env = {
      GITHUB_REPOSITORY: repository,
      GITHUB_TOKEN: gitHub.token,
      GITHUB_API_URL: gitHub.address,
      GITHUB_SERVER_URL: gitHub.address,
    }
    const run = spawnStart(t, { args: ['--exit', '--json', '--data', folder, ...anyPorts], env })
    await answerFrom(t, gitHub, String((await run.line(({ type }) => type === 'section')).text))
    const lists: string[] = []
    let looking = false
    gitHub.on(async () => {
      if (looking) return
      looking = true
      lists.push(await processList())
      looking = false
    })
    assert.equal(await run.ended, 0, run.output)
    assert.ok(run.lines.filter(({ type }) => type === 'outcome').every(({ ok }) => ok === true))
    assert.equal(await git(gitHub.folder, 'rev-list', '--count', 'main', '--', 'db/stock'), '115')
    assert.equal((await runGit(join(folder, 'repository.git'), 'rev-parse', '--verify', 'main')).status, 128)
    const forms = formsOf(gitHub.token)
    assert.equal(secretIn(run.output + lists.join('\n'), forms), undefined, 'the token is nowhere to be seen')
  },
)

async function startOtherEngine(t: TestContext): Promise<Engine> {
  const other = await startEngine({ store: createMemoryStore(), port: 0 })
  afterwards(t, () => other.stop())
  return connectTo(t, other.address)
}

/** The Actions of the repository, played by a hub: what it owes goes to the engine that the process said it has. */
async function answerFrom(t: TestContext, gitHub: Hub, section: string): Promise<void> {
  const [address] = /[\d.]+:\d+$/.exec(section)!
  gitHub.publishTo(publisherTo(connectTo(t, address)))
}

function connectTo(t: TestContext, address: string): Engine {
  const engine = connect({ address })
  afterwards(t, () => engine.close())
  return engine
}
