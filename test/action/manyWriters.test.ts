import assert from 'node:assert/strict'
import { chmod, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { readReceipts } from './receipt.ts'
import { makeRemote, type Remote, serveRemote } from './remote.ts'
import { dispatched, runAction, type StepResult } from './runAction.ts'
import { workspaceWith } from './workspace.ts'

const github_token = 'the-token'

/** Processes at once; the issue asks for 64, which take some minutes on two cores. */
const writers = Number(process.env.COMMITBASE_WRITERS ?? 12)
/** What is run: the sources, or a bundle. */
const script = process.env.COMMITBASE_ACTION

const counting = (counter: string) => `export async function counted(event, tx) {
  const { n = 0 } = (await tx.get('counter', '${counter}')) ?? {}
  return tx.upsert('counter', { _id: '${counter}', n: n + 1 })
}`

/** Two modules: a run with one of them cannot evaluate the events of the other. */
const modules = { 'a.mjs': counting('a'), 'b.mjs': counting('b') }

test(`${writers} runs at once over HTTP: all succeed, one commit each, no increment is lost, at most 2 pushes a run and 8`, async (t) => {
  const remote = await makeRemote(t)
  let pushes = 0
  const server = await serveRemote(t, remote, github_token, (request) => {
    if (request === 'POST git-receive-pack') pushes++
  })
  const run = await runner(t, server)
  const steps = await Promise.all(numbers(writers).map((n) => run('a.mjs', `e${n}`)))
  for (const step of steps) assert.equal(step.status, 0, step.log)
  t.diagnostic(`${pushes} pushes`)
  assert.ok(pushes <= 2 * writers + 8, `${pushes} pushes`)
  assert.equal(new Set(steps.map(({ outputs }) => outputs.commit)).size, writers)
  assert.deepEqual(steps.map(({ outputs }) => JSON.parse(outputs.result!).n).toSorted(byNumber), numbers(writers))
  assert.deepEqual(new Set(steps.map(({ outputs }) => outputs.duplicate)), new Set(['false']))
  await assertConsistent(remote, { a: writers })
})

test(`${writers} runs at once with handlers of two modules over file://: all succeed, and who acknowledged first is first`, async (t) => {
  const remote = await makeRemote(t)
  const pushes = await countPushes(remote)
  const run = await runner(t, remote.server)
  const half = Math.floor(writers / 2)
  // Half of them begin when one before them has ended: it belongs to the same correlation id, and comes later.
  const steps = await Promise.all(
    numbers(half).map(async (n) => {
      const first = await run(n % 2 ? 'a.mjs' : 'b.mjs', `e${n}`, { correlation_id: `c${n}` })
      return [first, await run(n % 3 ? 'a.mjs' : 'b.mjs', `f${n}`, { correlation_id: `c${n}` })]
    }),
  )
  for (const step of steps.flat()) assert.equal(step.status, 0, step.log)
  t.diagnostic(`${await pushes()} pushes`)
  assert.ok((await pushes()) <= 4 * half + 8, `${await pushes()} pushes`)
  const receipts = await assertConsistent(remote)
  assert.equal(receipts.size, 2 * half)
  for (const n of numbers(half)) assert.ok(receipts.get(`e${n}`)!.seq < receipts.get(`f${n}`)!.seq)
})

test(`${writers} runs at once, some of them killed at random moments: the others succeed, and what the dead left is evaluated`, async (t) => {
  const remote = await makeRemote(t)
  const run = await runner(t, remote.server)
  const dead = Math.ceil(writers / 8)
  const steps = numbers(writers).map(async (n) => {
    const module = n % 2 ? 'a.mjs' : 'b.mjs'
    if (n > dead) return await run(module, `e${n}`)
    return await runAndKill((onStart) => run(module, `e${n}`, {}, onStart), Math.random() * 1_000 * writers)
  })
  const ended = await Promise.all(steps)
  for (const step of ended.slice(dead)) assert.equal(step.status, 0, step.log)
  // Whoever comes next, with the handlers of either module, finds nothing left of the dead.
  for (const module of Object.keys(modules)) assert.equal((await run(module, `last-${module}`)).status, 0)
  const receipts = await assertConsistent(remote)
  for (const n of numbers(writers).slice(dead)) assert.equal(receipts.get(`e${n}`)!.status, 'done')
  t.diagnostic(`${dead} killed, ${receipts.size - 2 - (writers - dead)} of their events evaluated`)
})

for (const [what, signal] of [
  ['is killed', 'SIGKILL'],
  ['sleeps, and wakes up later,', 'SIGSTOP'],
] as const) {
  test(`a run that ${what} while it has the lease is one commit all the same: another takes the lease and evaluates both events`, async (t) => {
    const remote = await makeRemote(t)
    const gate = join(remote.folder, 'gate')
    const workspace = await workspaceWith(t, { 'a.mjs': gated(gate) })
    const start = (id: string, onStart?: (pid: number) => void) =>
      runAction(t, {
        server: remote.server,
        workspace,
        onStart,
        ...dispatched('counted', { event_id: id }),
        inputs: { handlers: 'a.mjs', github_token },
      })
    // Who finds something in the inbox claims the lease at once.
    const nonsense = (await remote.git('hash-object', '-w', 'config')).trim()
    await remote.git('update-ref', `refs/commitbase/inbox/${'0'.repeat(64)}`, nonsense)
    let pid = 0
    const first = start('first', (started) => {
      pid = started
    })
    await eventually(() => remote.git('rev-parse', '--verify', 'refs/commitbase/lease'))
    process.kill(pid, signal)
    await writeFile(gate, '')
    const second = await start('second')
    assert.equal(second.status, 0, second.log)
    const receipts = await assertConsistent(remote)
    assert.deepEqual([...receipts.keys()].sort(), ['first', 'second'])
    if (signal === 'SIGSTOP') process.kill(pid, 'SIGCONT')
    const { status, outputs, log } = await first
    if (signal === 'SIGSTOP') assert.deepEqual([status, outputs.commit], [0, receipts.get('first')!.commit], log)
    assert.equal((await assertConsistent(remote)).size, 2)
  })
}

/** Counts once the gate is there. */
const gated = (gate: string) => `import { existsSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
export async function counted(event, tx) {
  while (!existsSync('${gate}')) await setTimeout(20)
  const { n = 0 } = (await tx.get('counter', 'a')) ?? {}
  return tx.upsert('counter', { _id: 'a', n: n + 1 })
}`

/** Resolves when it no longer fails. */
async function eventually(look: () => Promise<unknown>): Promise<void> {
  for (;;) {
    const [{ status }] = await Promise.allSettled([look()])
    if (status === 'fulfilled') return
  }
}

type Run = (
  module: string,
  id: string,
  payload?: Readonly<Record<string, unknown>>,
  onStart?: (pid: number) => void,
) => Promise<StepResult>

/** Runs the Action for an event that counts, in a process of its own. */
async function runner(t: TestContext, server: string): Promise<Run> {
  const workspace = await workspaceWith(t, modules)
  return (module, id, payload = {}, onStart) =>
    runAction(t, {
      server,
      workspace,
      script,
      onStart,
      ...dispatched('counted', { event_id: id, ...payload }),
      inputs: { handlers: module, github_token },
    })
}

/** Each event has one commit and one receipt, the counters are what was counted, and no lease and no entry is left. Gives the receipts by event id. */
async function assertConsistent(remote: Remote, counters?: Readonly<Record<string, number>>) {
  const refs = (await remote.git('for-each-ref', '--format=%(refname)')).trim().split('\n')
  assert.deepEqual(refs, ['refs/commitbase/receipts', 'refs/heads/main'])
  const receipts = await readReceipts(remote)
  const committed = (await remote.git('log', '--format=%(trailers:key=Event-Id,valueonly,separator=%x2C)', 'main'))
    .trim()
    .split('\n')
    .filter(Boolean)
  assert.deepEqual(
    committed.toReversed(),
    receipts.map(({ event }) => event.id),
  )
  assert.deepEqual(
    receipts.map(({ seq }) => seq),
    numbers(receipts.length),
  )
  const shown = await Promise.all(['a', 'b'].map((name) => countIn(remote, name)))
  assert.equal(shown[0]! + shown[1]!, receipts.length)
  for (const [name, count] of Object.entries(counters ?? {})) assert.equal(await countIn(remote, name), count)
  await remote.git('fsck', '--full', '--strict')
  return new Map(receipts.map((receipt) => [receipt.event.id, receipt]))
}

async function countIn(remote: Remote, counter: string): Promise<number> {
  const text = await remote.git('show', `main:db/counter/${counter}.json`).catch(() => '{"n":0}')
  return JSON.parse(text).n
}

/** A hook notes each push that reaches the repository with something to do; git itself refuses others before. */
async function countPushes(remote: Remote): Promise<() => Promise<number>> {
  const noted = join(remote.folder, 'pushes')
  const hook = join(remote.folder, 'hooks', 'pre-receive')
  await writeFile(noted, '')
  await writeFile(hook, `#!/bin/sh\nexec echo push >>'${noted}'\n`)
  await chmod(hook, 0o755)
  return async () => (await readFile(noted, 'utf8')).split('\n').length - 1
}

/** Kills the process of the run when that time has passed, unless it has ended. */
async function runAndKill(
  start: (onStart: (pid: number) => void) => Promise<StepResult>,
  milliseconds: number,
): Promise<StepResult> {
  let timer: NodeJS.Timeout | undefined
  const kill = (pid: number) => {
    timer = setTimeout(() => process.kill(pid, 'SIGKILL'), milliseconds)
  }
  return await start(kill).finally(() => clearTimeout(timer))
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1)
}

function byNumber(one: number, other: number): number {
  return one - other
}
