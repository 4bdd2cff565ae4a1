import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { type StartProcess, spawnStart } from '../start/startProcess.ts'
import { type Copy, copyProject, personsEnvironment, run } from './copyProject.ts'
import { blocks, commands } from './readme.ts'

/** How a command of the README is run, and what must come of it. `up`: what `npm start` started. */
interface Known {
  readonly command: RegExp
  readonly needs?: string
  run(command: string, up: Up): Promise<void>
}

interface Up {
  /** The token that one command makes, and the next ones use, in the same shell. */
  token?: string
  readonly copy: Copy
  readonly started: StartProcess
  readonly hub: string
}

const known: readonly Known[] = [
  { command: /^(npm ci && )?npm start$/, run: async (_, { started }) => assert.doesNotMatch(started.output, /✗/) },
  // `npm ci && npm test` is what runs this test; that CI calls it so is shown in readme.test.ts.
  { command: /^npm ci && npm test$/, run: async () => {} },
  { command: /^npm start -- --(help|exit)$/, run: endsWell },
  { command: /^npm --prefix \.\.\/commitbase start -- --handlers handlers$/, run: takesOwnHandlers },
  { command: /^git --git-dir=\S+ log --oneline -5$/, run: shows(/^([0-9a-f]{7,} \S.*\n){5}$/) },
  { command: /^git --git-dir=\S+ show HEAD:\S+\.json$/, run: shows(/^\{\n {2}"_id": "product-001",[\s\S]*\}\n$/) },
  { command: /^git --git-dir=\S+ log -p -- \S+\.json$/, run: shows(/^ +Event-Id: [\s\S]*^\+ {2}"stock_level": 10/m) },
  { command: /^export TOKEN=\$\(npx commitbase token create laptop --scope write\)$/, run: makesToken },
  { command: /^git clone -c http\.extraHeader=.* \S+ \S+$/, run: clones },
  { command: /^curl -i \S+\/dispatches /, needs: 'curl', run: shows(/^HTTP\/1\.1 204 /) },
  { command: /^curl -s \S+\/events\/by-hand-1\?wait=/, needs: 'curl', run: showsReceipt },
  { command: /^npx commitbase incidents$/, run: shows(/^there is no open incident$/m) },
  { command: /^npx commitbase worker --help$/, run: shows(/^Usage: commitbase worker/m) },
  { command: /^npx commitbase upkeep$/, run: refusesWhileInUse },
  { command: /^npx commitbase engine --memory --port 0 bpmn\/\*\.bpmn$/, run: servesUntilStopped },
  { command: /^(ZEEBE_ENV_GitHubToken=… )?npx commitbase worker$/, run: worksUntilStopped },
]

test('every command of the README does what it says, one after the other', { timeout: 120_000 }, async (t) => {
  const up = await startUp(t)
  for (const command of commands()) {
    const how = known.find((each) => each.command.test(command))
    await t.test(command, { skip: how?.needs && !isThere(how.needs) && `there is no ${how.needs}` }, async () => {
      assert.ok(how, 'the test knows how to run it')
      await how.run(command, up)
    })
  }
  assertTranscript(up.started.output)
})

/** `npm start` as the README has it, but for its ports, which somebody may have taken. */
async function startUp(t: TestContext): Promise<Up> {
  const copy = await copyProject(t)
  const args = ['--port', '0', '--engine-port', '0']
  const started = spawnStart(t, {
    command: ['npm', 'start', '--'],
    args,
    cwd: copy.folder,
    env: personsEnvironment(),
    detached: true,
  })
  await started.said(/^Ctrl-C stops it/m)
  const [, hub] = /The hub is at (\S+), the engine at \S+$/m.exec(started.output)!
  return { copy, started, hub: hub! }
}

async function makesToken(command: string, up: Up): Promise<void> {
  const { output, words } = await runFor(`${command}; echo $TOKEN`, up)
  assert.match(output, /^commitbase_[\w-]{43}\n$/, words)
  up.token = output.trim()
}

function shows(what: RegExp): Known['run'] {
  return async (command, up) => {
    const { status, output, words } = await runFor(command, up)
    assert.equal(status, 0, words)
    assert.match(output, what)
  }
}

async function clones(command: string, up: Up): Promise<void> {
  await shows(/^$/)(command, up)
  const clone = join(up.copy.folder, command.split(' ').at(-1)!)
  assert.equal((await readdir(join(clone, 'db', 'stock'))).length, 110)
  await pushes(clone)
}

/** "Edit a record, commit and push". */
async function pushes(clone: string): Promise<void> {
  const record = join(clone, 'db/stock/product-110.json')
  await writeFile(record, (await readFile(record, 'utf8')).replace(/"stock_level": \d+/, '"stock_level": 500'))
  const { status, words } = await run('git -c user.name=A -c user.email=a@b commit -qam Count && git push', clone)
  assert.equal(status, 0, words)
}

async function showsReceipt(command: string, up: Up): Promise<void> {
  const { status, result } = JSON.parse((await runFor(command, up)).output)
  assert.deepEqual([status, result._id, result.stock_level], ['done', 'tea-pot', 3])
}

/** The README says that it is for a repository that is stopped. */
async function refusesWhileInUse(command: string, up: Up): Promise<void> {
  const { status, words } = await runFor(command, up)
  assert.match(words, /^commitbase: the repository at \S+ is in use by process \d+ at http:\S+; end that process/m)
  assert.equal(status, 1)
}

async function endsWell(command: string, up: Up): Promise<void> {
  const apart = command.includes('--exit') ? ' --data .commitbase-exit --port 0 --engine-port 0' : ''
  const { status, output, words } = await runFor(command + apart, up)
  assert.equal(status, 0, output + words)
}

/** In a repository of one's own, beside the clone. */
async function takesOwnHandlers(command: string, up: Up): Promise<void> {
  await up.copy.write('../own/handlers/orders.ts', blocks('ts')[0]!)
  const apart = ' --data data --port 0 --engine-port 0'
  await saysUntilStopped(command + apart, up, /"event_type":"place_order"[\s\S]*Ctrl-C stops it/, 'own')
  assert.ok((await readdir(join(up.copy.folder, '../own'))).includes('data'))
}

/** It finds the engine by the data folder, and ends when it is asked to. */
function worksUntilStopped(command: string, up: Up): Promise<void> {
  return saysUntilStopped(command, up, /taking jobs from 127\.0\.0\.1:\d+/)
}

function servesUntilStopped(command: string, up: Up): Promise<void> {
  return saysUntilStopped(command, up, /deployed bpmn\/[\s\S]*its management port at http:\/\/127\.0\.0\.1:\d+\n/)
}

/** What goes on until it is stopped: once it has said its words. */
async function saysUntilStopped(command: string, { copy }: Up, words: RegExp, beside = 'commitbase'): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<string>()
  const child = spawn('sh', ['-c', command.replace('…', 'secret')], {
    cwd: join(copy.folder, '..', beside),
    env: personsEnvironment(),
    detached: true,
  })
  let output = ''
  const hears = (text: string): void => {
    output += text
    if (words.test(output)) process.kill(-child.pid!, 'SIGTERM')
  }
  child.stdout.setEncoding('utf8').on('data', hears)
  child.stderr.setEncoding('utf8').on('data', hears)
  child.once('close', () => resolve(output))
  assert.match(await promise, words)
}

function runFor(command: string, { copy, hub, token }: Up) {
  const local = command.replaceAll('http://127.0.0.1:4180', hub)
  return run(token ? `TOKEN=${token}; ${local}` : local, copy.folder)
}

function isThere(program: string): boolean {
  try {
    execFileSync(program, ['--version'])
    return true
  } catch {
    return false
  }
}

/** Headline by headline, each line below it, with what differs from run to run taken out; `…` stands for what is left out. */
function assertTranscript(output: string): void {
  const real = new Map(sectionsOf(output))
  const sections = sectionsOf(blocks('text')[0]!)
  assert.ok(sections.length > 5)
  for (const [headline, lines] of sections) {
    for (const line of lines.filter((each) => each.trim() !== '…'))
      assert.ok(real.get(headline)?.includes(line), `it prints no such line (any more) below '${headline}': ${line}`)
  }
}

function sectionsOf(text: string): [headline: string, lines: string[]][] {
  return text
    .trim()
    .split(/\n{2,}/)
    .map((section) => section.split('\n').map(shapeOf))
    .map(([headline, ...lines]) => [headline!, lines])
}

function shapeOf(line: string): string {
  return line
    .replace(/127\.0\.0\.1:\d+/g, 'ADDRESS')
    .replace(/(\w+) …[\w-]+ →/, '$1 …ID →')
    .replace(/→ [0-9a-f]{7} /, '→ COMMIT ')
    .replace(/\b[0-9a-f]{8}-(restock|fulfilled|no-stock|declined|late|grpc)/g, 'RUN-$1')
    .replace(/\b\d{16}\b/g, 'KEY')
    .replace(/product-\d{3}/g, 'product-NNN')
    .replace(/ \d+ ms$/, ' N ms')
}
