import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { parse } from 'yaml'
import { loadHandlers } from '../../src/events/handlers/loadHandlers.ts'

interface Workflow {
  readonly on: Readonly<Record<string, { types?: string[] } | null>>
  readonly permissions: unknown
  readonly concurrency?: unknown
  readonly jobs: Readonly<Record<string, Job>>
}

interface Job {
  readonly permissions?: Readonly<Record<string, string>>
  readonly concurrency?: unknown
  readonly 'timeout-minutes'?: number
  readonly steps: readonly { uses?: string; run?: string; with?: Record<string, string> }[]
}

const folder = new URL('../../.github/workflows/', import.meta.url)
const names = (await readdir(folder)).filter((name) => /\.ya?ml$/.test(name))
/** Writes nothing: `ci` tests, `deploy` speaks to the engine. */
const readers = ['ci.yml', 'deploy.yml']

for (const name of names) {
  const text = await readFile(new URL(name, folder), 'utf8')
  const workflow: Workflow = parse(text)
  const jobs = Object.values(workflow.jobs)
  const steps = jobs.flatMap((job) => job.steps)

  test(`${name}: nothing is permitted at the top, and a job may at most write contents`, () => {
    assert.deepEqual(workflow.permissions, {})
    const permissions = { contents: readers.includes(name) ? 'read' : 'write' }
    for (const job of jobs) assert.deepEqual(job.permissions, permissions)
  })

  test(`${name}: actions of others are pinned by commit, and a checkout keeps no token`, () => {
    for (const step of steps) {
      if (step.uses === undefined || step.uses === './') continue
      assert.match(step.uses, /^[\w.-]+\/[\w./-]+@[0-9a-f]{40}$/)
      if (step.uses.startsWith('actions/checkout@')) assert.equal(step.with?.['persist-credentials'], false)
    }
  })

  test(`${name}: nothing is pasted into a script`, () => {
    for (const { run } of steps) assert.doesNotMatch(run ?? '', /\$\{\{/)
    assert.doesNotMatch(text, /client_payload/)
  })

  test(`${name}: nothing cancels a write that waits, and no job runs for ever`, () => {
    for (const part of [workflow, ...jobs]) assert.equal(part.concurrency, undefined)
    for (const job of jobs) assert.ok(Number.isInteger(job['timeout-minutes']))
  })
}

test('every event that the shop handles starts a workflow, and every workflow event of the shop has a handler or an operation', async () => {
  const { handlers } = await loadHandlers(new URL('../../examples/shop/handlers', import.meta.url).pathname)
  const types = await Promise.all(
    names.map(async (name) => [name, typesOf(parse(await readFile(new URL(name, folder), 'utf8')))] as const),
  )
  assert.deepEqual(
    types
      .flatMap(([, types]) => types)
      .filter((type) => handlers.has(type))
      .sort(),
    [...handlers.keys()].sort(),
  )
  const dispatch = types.find(([name]) => name === 'dispatch.yml')![1]
  assert.deepEqual(
    dispatch.filter((type) => !handlers.has(type)),
    [],
  )
})

function typesOf({ on }: Workflow): string[] {
  return on.repository_dispatch?.types ?? []
}
