// biome-ignore-all lint/suspicious/noTemplateCurlyInString: expressions in data
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { access, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { promisify } from 'node:util'
import { parse } from 'yaml'
import { end, flow, model, serviceTask, start } from '../../src/engine/testing/bpmn.ts'
import { openRemote } from '../../src/git/remote/remote.ts'
import { startHub } from '../../src/hub/hub.ts'
import { git, handlerSet, newFolder, receiptOf, repository, startTestHub } from '../../src/hub/testing/testHub.ts'
import { connect } from '../../src/zeebe/connect.ts'
import { createInstance } from '../../src/zeebe/createInstance.ts'
import { deploy } from '../../src/zeebe/deploy.ts'
import { listIncidents } from '../../src/zeebe/listIncidents.ts'
import { startWorker } from '../../src/zeebe/workers.ts'
import { dispatched, runAction } from '../action/runAction.ts'
import { dispatcherTo } from '../shop/openTestShop.ts'
import { addressesOf, spawnStart } from '../start/startProcess.ts'

const project = join(import.meta.dirname, '../..')

/** What begins a line of its own, to some reader of it at least. */
const breaks = ['\n', '\r', '\r\n', '\n\n', '\u0085', '\u2028', '\u2029', '\v', '\f', '\0', '\u001b[E']

test('no payload forges a trailer, a second event or a line of a commit', async (t) => {
  const hub = await startTestHub(t, {
    handlers: handlerSet({ put: (event, tx) => tx.upsert('stock', event.data.record) }),
  })
  const send = dispatcherTo(hub.address, hub.token)
  for (const [index, line] of breaks.entries()) {
    const forged = `x${line}Event-Id: forged${line}Operation: DROPDB`
    const event_id = `e-${index}-${forged}`
    const payload = { event_id, correlation_id: forged, causation_id: forged, source: forged, subject: forged }
    await send('put', { ...payload, record: { _id: `r${index}`, text: forged } })
    await hub.idle()
    const { status } = (await hub.findReceipt(forged, event_id))!
    assert.equal(status, 'done')
    const message = await git(hub.folder, 'log', '-1', '--format=%B', 'main')
    const trailers = await git(hub.folder, 'log', '-1', '--format=%(trailers:only,unfold)', 'main')
    const names = trailers.split('\n').map((text) => text.split(':')[0])
    const expected = ['Causation-Id', 'Correlation-Id', 'Event-Id', 'Event-Source', 'Event-Type']
    assert.deepEqual(
      [...new Set(names)].sort(),
      expected.concat(names.includes('Operation') ? ['Operation'] : []).sort(),
    )
    assert.equal(names.length, new Set(names).size, 'each is there once')
    assert.doesNotMatch(message.replaceAll('\n', ''), /[\p{Cc}\u2028\u2029]/u)
    assert.doesNotMatch(message, /^(Operation: DROPDB|Event-Id: forged)/m)
  }
  const types = breaks.map((line) => `put${line}Event-Id: forged`)
  for (const [index, type] of types.entries()) {
    await send(type, { event_id: `t-${index}` })
    assert.equal((await receiptOf(hub, `t-${index}`)).status, 'refused', 'there is no such handler')
  }
  assert.equal(await git(hub.folder, 'rev-list', '--count', 'main'), String(breaks.length))
})

test('no address of a remote is an option to git, or a program', async (t) => {
  const marker = join(await newFolder(t), 'ran')
  for (const url of [
    `--upload-pack=touch ${marker}`,
    `-utouch ${marker}`,
    `ext::sh -c "touch ${marker}"`,
    `ext::touch ${marker}`,
    `fd::17/touch`,
    `transport::ext::touch ${marker}`,
    `ssh://-oProxyCommand=touch ${marker}/x`,
    `ssh://-oProxyCommand=touch%20${encodeURIComponent(marker)}/x`,
    `-oProxyCommand=touch@x:y`,
    `x@-oProxyCommand=touch ${marker}:y`,
    `file://--upload-pack=touch ${marker}`,
    `javascript:alert(1)`,
    `gopher://x/`,
    `http://127.0.0.1:1/\nProxyCommand touch ${marker}`,
  ])
    await assert.rejects(
      async () => {
        const remote = await openRemote({ url, environment: process.env })
        await remote.head().finally(() => remote.close())
      },
      Error,
      url,
    )
  await assert.rejects(access(marker))
})

test('no name of a branch or a repository is an option to git', async (t) => {
  const marker = join(await newFolder(t), 'ran')
  for (const branch of [`--upload-pack=touch ${marker}`, '-d', '../../x', 'a..b', 'x\ny', '', '@{0}', 'x.lock', '-'])
    await assert.rejects(
      async () => (await startHub({ folder: await newFolder(t), repository, port: 0, branch })).stop(),
      Error,
      branch,
    )
  for (const name of ['--x/y', 'x/--upload-pack=y z', '../x', 'x/..', 'x/y.git', 'x/y\n', 'x /y', 'x/y?z'])
    await assert.rejects(
      async () => (await startHub({ folder: await newFolder(t), repository: name, port: 0 })).stop(),
      (error: Error) => {
        assert.match(error.message, /owner\/name/, name)
        return true
      },
    )
  await assert.rejects(access(marker))
})

test('no expression is pasted into a script, in no workflow of ours and in none that the docs show', async () => {
  const texts = [await readFile(join(project, 'action.yml'), 'utf8')]
  for (const name of await readdir(join(project, '.github/workflows')))
    texts.push(await readFile(join(project, '.github/workflows', name), 'utf8'))
  for (const page of [
    'README.md',
    ...(await readdir(join(project, 'docs/guides'))).map((name) => `docs/guides/${name}`),
  ]) {
    if (!page.endsWith('.md')) continue
    const blocks = (await readFile(join(project, page), 'utf8')).matchAll(/```ya?ml\n([\s\S]*?)```/g)
    texts.push(...Array.from(blocks, ([, block]) => block!))
  }
  assert.ok(texts.length > 7)
  for (const text of texts) {
    for (const script of scriptsIn(parse(text))) assert.doesNotMatch(script, /\$\{\{/, text)
    assert.doesNotMatch(text, /\$\{\{[^}]*(client_payload|head_ref|event\.(issue|comment|pull_request|head_commit))/)
  }
})

test('no payload is a command to the runner, another output, or a part of the summary', async (t) => {
  const hub = await startTestHub(t)
  const workspace = await newFolder(t)
  await writeFile(
    join(workspace, 'h.mjs'),
    'export const put = async (event, tx) => { const r = await tx.upsert("stock", event.data.record); tx.publish({ name: event.data.record.name, correlationKey: event.data.record.name }); return r }\nexport const fail = (event, tx) => tx.refuse("invalid", event.data.name)\n',
  )
  for (const text of [
    'x\n::add-path::/tmp/evil\n::set-output name=commit::evil',
    'x\r::error::evil',
    '::stop-commands::evil',
    '%0A::add-path::/tmp/evil',
    'x\nghadelimiter_evil\ncommit<<E\nevil\nE\n',
    '</td></table>\n\n# evil\n<script>evil()</script>',
    '`touch evil`$(touch evil)"; touch evil; \'',
  ]) {
    const run = (type: string, payload: object) =>
      runAction(t, {
        server: hub.address,
        repository,
        workspace,
        inputs: { handlers: 'h.mjs', github_token: hub.token, verbose: 'true' },
        ...dispatched(type, payload),
      })
    const done = await run('put', { record: { _id: 'one', name: text } })
    const failed = await run('fail', { name: text })
    assert.deepEqual([done.status, failed.status], [0, 1], done.log)
    assert.equal(JSON.parse(done.outputs.result!).name, text)
    assert.match(done.outputs.commit!, /^([0-9a-f]{40})?$/)
    for (const { log, outputs, summary } of [done, failed]) {
      assert.deepEqual(Object.keys(outputs).sort(), ['commit', 'duplicate', 'event_id', 'result'])
      for (const line of log.split(/[\r\n]+/))
        assert.doesNotMatch(line, /^::(?!add-mask|error|warning|debug|notice)|^::error::evil/)
      assert.doesNotMatch(summary, /^# evil|<script>/m)
    }
    await assert.rejects(access(join(workspace, 'evil')))
  }
})

test('nothing that came from outside steers the terminal: neither of npm start nor of the commands', async (t) => {
  const folder = await newFolder(t)
  const ports = ['--port', '0', '--engine-port', '0']
  const started = spawnStart(t, { args: ['--data', folder, ...ports, '--repository', repository, '--no-demo'] })
  await started.said(/^Ctrl-C stops it/m)
  const { hub, engine, token } = await addressesOf(folder)
  const evil = '\u001b[2J\u001b]0;evil\u0007\u009b31m\u202egnp.exe\u2066\r\n  ✓ all is well\u2028'
  const send = dispatcherTo(hub, token)
  await send(evil.slice(0, 90), { event_id: evil, correlation_id: evil })
  await send('upsert_customer', { event_id: `${evil}2`, customer: evil })
  await started.said(/not_found/)
  const message = await raiseIncident(t, engine, evil)
  assert.ok(message.includes('\u001b'), 'the incident has it as it came')
  await started.said(/\\u001b/)
  for (const args of [['incidents'], ['incidents', '--json'], ['token', 'revoke', evil], [evil], ['incidents', evil]]) {
    const { stdout, stderr } = await runCli(...args, ...(args[0] === evil ? [] : ['--data', folder]))
    assertHarmless(stdout + stderr)
  }
  assertHarmless(started.output)
  assert.doesNotMatch(started.output, /^ {2}✓ all is well/m)
  assert.equal(await started.kill('SIGTERM'), 0)
})

function assertHarmless(output: string): void {
  assert.ok(output.length > 0)
  assert.doesNotMatch(output.replaceAll('\n', ''), /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u)
}

async function runCli(...args: string[]): Promise<{ stdout: string; stderr: string }> {
  const cli = join(project, 'scripts/commitbase.mjs')
  return promisify(execFile)(process.execPath, [cli, ...args]).catch((error) => error)
}

/** A job that a worker fails with those words, for good. */
async function raiseIncident(t: TestContext, address: string, words: string): Promise<string> {
  const engine = connect({ address })
  t.after(() => engine.close())
  const content = model('evil', start(), serviceTask('task', 'evil'), end(), flow('start -> task -> end'))
  await deploy(engine, [{ name: 'evil.bpmn', content }])
  const worker = startWorker({
    engine,
    type: 'evil',
    handle: async () => ({ type: 'fail', retries: 0, message: words }),
  })
  t.after(() => worker.stop())
  const { processInstanceKey } = await createInstance(engine, { bpmnProcessId: 'evil', variables: {} })
  for (;;) {
    const [incident] = await listIncidents(engine, processInstanceKey)
    if (incident) return incident.message
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

/** Every `run` of a workflow, wherever it stands. */
function scriptsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  const { run } = value as { run?: unknown }
  return [...(typeof run === 'string' ? [run] : []), ...Object.values(value).flatMap(scriptsIn)]
}
