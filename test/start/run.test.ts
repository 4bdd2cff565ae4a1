import assert from 'node:assert/strict'
import { delimiter, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { git, newFolder, runGit } from '../../src/hub/testing/testHub.ts'
import { type Line, type StartProcess, spawnStart, startOn } from './startProcess.ts'

const anyPorts = ['--port', '0', '--engine-port', '0']
const outcomes = [
  '10 products are in stock',
  '100 products are in stock',
  'outcome: fulfilled',
  'outcome: not fulfilled: no stock',
  'outcome: not fulfilled: payment declined; the stock is back at 9',
  'outcome: fulfilled, late; the incident is resolved and the instance has ended',
  'outcome: fulfilled',
]

test('npm start -- --exit runs the shop and ends with 0; again on the same folder it does so again', {
  timeout: 60_000,
}, async (t) => {
  const data = join(await newFolder(t), 'data')
  const first = npmStart(t, ['--exit', '--data', data, ...anyPorts])
  assert.equal(await first.ended, 0, first.output)
  const said = first.output.split('\n')
  assert.deepEqual(
    said.filter((line) => /^ {2}[✓✗]/.test(line)).map((line) => line.replace(/ \d+ ms$/, '')),
    outcomes.map((text) => `  ✓ ${text}`),
  )
  assert.ok(!first.output.includes('\u001b'), 'no colours in a pipe')
  const story = said.filter((line) => /^ {2}restock_item /.test(line))
  assert.equal(story.length, 110)
  for (const line of story)
    assert.match(line, /^ {2}restock_item …\w+ → [0-9a-f]{7} UPSERT stock\/product-\d{3} → RESTOCKED \S+ \d+ ms$/)

  const again = spawnStart(t, { args: ['--exit', '--json', '--data', data, ...anyPorts] })
  assert.equal(await again.ended, 0, again.output)
  assertLines(again)
  const events = again.lines.filter(({ type }) => type === 'event')
  await assertCommitted(join(data, 'repository.git'), events)
  assert.deepEqual(
    again.lines.filter(({ type }) => type === 'outcome').map(({ text, ok }) => [text, ok]),
    outcomes.map((text) => [text, true]),
  )
  const fsck = await runGit(join(data, 'repository.git'), 'fsck', '--full', '--strict')
  assert.deepEqual([fsck.status, fsck.words], [0, ''])
})

test('Ctrl-C stops npm start with all that it started; it says before what to try', { timeout: 30_000 }, async (t) => {
  const data = await newFolder(t)
  const started = npmStart(t, ['--no-demo', '--data', data, ...anyPorts], true)
  await started.said(/^Ctrl-C stops it/m)
  const { hub, engine } = /The hub is at (?<hub>\S+), the engine at (?<engine>\S+)$/m.exec(started.output)!.groups!
  for (const what of [
    'git --git-dir=',
    'log --oneline',
    'db/stock/',
    `curl -i ${hub}/repos/`,
    `git clone -c`,
    `${hub}/commitbase/shop.git`,
    `npx commitbase incidents --data ${data}\n`,
    engine!,
  ])
    assert.ok(started.output.includes(what), `${what}: ${started.output}`)
  await started.killGroup('SIGINT')
  assert.equal(started.errors.replaceAll(/^npm .*\n/gm, ''), '')
  await assert.rejects(fetch(hub!), 'nobody listens any more')
  await (await startOn(t, data)).kill('SIGTERM')
})

test('Ctrl-C in the middle of the run is a clean stop, and the next start goes on', { timeout: 30_000 }, async (t) => {
  const data = await newFolder(t)
  const first = spawnStart(t, { args: ['--json', '--data', data, '--repository', 'octo/shop', ...anyPorts] })
  await first.count(({ type }) => type === 'event', 3)
  assert.equal(await first.kill('SIGINT'), 0, first.errors)
  assert.equal(first.errors, '')
  const second = await startOn(t, data)
  await second.line(({ subject }) => subject === 'UPSERT stock/product-010')
  assert.equal(await second.kill('SIGTERM'), 0)
})

/** As npm runs it: the Node that `npm ci` brought along is found by npm, not by us. */
function npmStart(t: TestContext, args: readonly string[], detached = false): StartProcess {
  const folders = process.env.PATH!.split(delimiter).filter((folder) => !folder.includes('node_modules'))
  const env = { PATH: folders.join(delimiter), npm_config_update_notifier: 'false' }
  return spawnStart(t, { command: ['npm', 'start', '--'], args, env, detached })
}

function assertLines(run: StartProcess): void {
  const types = new Set(run.lines.map(({ type }) => type))
  assert.deepEqual([...types].sort(), ['event', 'hint', 'note', 'outcome', 'section'])
  assert.equal(run.output, run.lines.map((line) => `${JSON.stringify(line)}\n`).join(''), 'every line is an object')
}

/** What the lines say is in the repository. */
async function assertCommitted(repository: string, events: readonly Line[]): Promise<void> {
  assert.equal(events.length, 110 + 5 + 2 + 5 + 6 + 5)
  const log = await git(repository, 'log', '--format=%H %(trailers:key=Event-Id,valueonly,separator=) %s', 'main')
  const commits = new Set(log.split('\n'))
  for (const { event, commit, subject, failed } of events) {
    const { id } = event as { id: string }
    assert.equal(failed, false)
    if (commit) assert.ok(commits.has(`${commit} ${id} ${subject}`), `${commit} ${id} ${subject}`)
  }
}
