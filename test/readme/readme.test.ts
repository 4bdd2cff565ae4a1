import assert from 'node:assert/strict'
import { access, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { parse } from 'yaml'
import { foldReceipts } from '../../src/database/receipts/foldReceipts.ts'
import { receiptsRef } from '../../src/database/receipts/receipt.ts'
import { type Applied, applyEvent } from '../../src/events/applyEvent.ts'
import { loadHandlers } from '../../src/events/handlers/loadHandlers.ts'
import { openMemory } from '../../src/git/memory.ts'
import { Writer } from '../../src/git/writer.ts'
import { copyProject, run } from './copyProject.ts'
import { blocks, links, project } from './readme.ts'

interface Workflow {
  readonly on: { readonly repository_dispatch: { readonly types: readonly string[] } }
  readonly permissions: object
  readonly jobs: Readonly<Record<string, { readonly permissions: object; readonly steps: readonly Step[] }>>
}

interface Step {
  readonly uses: string
  readonly with: Readonly<Record<string, string>>
}

const [workflowText, stepText] = blocks('yaml') as [string, string]
const workflow = parse(workflowText) as Workflow
const [handlerText] = blocks('ts') as [string]

test('what its links lead to is there', async () => {
  assert.ok(links().length > 0)
  for (const path of links()) await access(join(project, path))
})

test('its workflow hands the Action inputs that there are, asks for no more than it needs, and pins what is not ours', async () => {
  const { inputs } = parse(await readFile(join(project, 'action.yml'), 'utf8')) as { inputs: object }
  const job = workflow.jobs.apply!
  const steps = [...job.steps, ...(parse(stepText) as Step[])]
  const ours = steps.filter(({ uses }) => uses.startsWith('commitbase/commitbase@'))
  assert.equal(ours.length, 2)
  for (const { with: given } of ours) for (const name of Object.keys(given)) assert.ok(name in inputs, name)
  assert.deepEqual(workflow.permissions, {})
  assert.deepEqual(job.permissions, { contents: 'write' })
  const checkout = steps.find(({ uses }) => uses.startsWith('actions/checkout@'))!
  assert.match(checkout.uses, /@[0-9a-f]{40}$/)
  const used = await readFile(join(project, '.github/workflows/dispatch.yml'), 'utf8')
  assert.ok(used.includes(checkout.uses), 'it is the one that our own workflows use')
  assert.equal(checkout.with['sparse-checkout'], ours[0]!.with.handlers)
})

test('its handler handles the event of its workflow, and does what the text says', async (t) => {
  const copy = await copyProject(t)
  const file = await copy.write('handlers/orders.ts', handlerText)
  const config = { extends: './tsconfig.json', include: ['handlers'] }
  await copy.write('tsconfig.readme.json', JSON.stringify(config))
  const checked = await run('npx tsc -p tsconfig.readme.json', copy.folder)
  assert.equal(checked.status, 0, checked.output)

  const handlers = await loadHandlers(join(file, '..'))
  const { types } = workflow.on.repository_dispatch
  assert.deepEqual([...handlers.handlers.keys()], types)
  const { receipt } = await applied(handlers, types[0]!, { order_id: '7' })
  assert.equal(receipt?.status, 'done')
  assert.deepEqual(
    receipt?.messages.map(({ name, correlationKey }) => [name, correlationKey]),
    [['ORDER_PLACED', '7']],
  )
  assert.match(String(receipt?.commit), /^[0-9a-f]{40}$/)
})

test('the line that tests it is what CI calls', async () => {
  assert.match(await readFile(join(project, '.ci/run'), 'utf8'), /^npm ci && npm test$/m)
})

async function applied(
  handlers: Awaited<ReturnType<typeof loadHandlers>>,
  type: string,
  data: object,
): Promise<Applied> {
  const branch = 'refs/heads/main'
  const repository = openMemory()
  const author = { name: 'A', email: 'a@example.org' }
  const writer = new Writer({ repository, refs: [branch, receiptsRef], fold: foldReceipts(author, () => 0) })
  const event = {
    specversion: '1.0',
    id: 'e',
    source: 's',
    type,
    time: new Date(0).toISOString(),
    data,
    correlationid: 'e',
  }
  const context = { branch, basedir: 'db', handlers, clock: () => 0, newId: () => 'new' }
  return writer.submit(applyEvent({ event } as Parameters<typeof applyEvent>[0], context))
}
