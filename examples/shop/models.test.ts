import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'

const require = createRequire(import.meta.url)
const run = promisify(execFile)
const root = join(import.meta.dirname, '..', '..')
const files = (await readdir(join(root, 'bpmn')))
  .filter((name) => name.endsWith('.bpmn'))
  .map((name) => join(root, 'bpmn', name))

const expected = [
  'get-time',
  'greeting',
  'order-fulfilment',
  'order-fulfilment-connector',
  'order-fulfilment-grpc',
  'order-fulfilment-with-timer',
  'restock-shop-parallel',
  'restock-shop-parallel-connector',
  'restock-shop-sequential',
]

test('the shop has its nine processes, one file a process, named after it', async () => {
  assert.deepEqual(files.map((file) => basename(file, '.bpmn')).sort(), expected)
  for (const file of files) {
    const processes = (await read(file)).rootElement.rootElements.filter((element) => element.$type === 'bpmn:Process')
    assert.deepEqual(
      processes.map(({ id, isExecutable }) => [id, isExecutable]),
      [[basename(file, '.bpmn'), true]],
    )
  }
})

test('bpmn-moddle reads every model without a warning', async () => {
  for (const file of files) assert.deepEqual((await read(file)).warnings, [], file)
})

test('every element and every flow is in its diagram', async () => {
  for (const file of files) {
    const { rootElement } = await read(file)
    const drawn = new Set(rootElement.diagrams[0]?.plane.planeElement.map((shape) => shape.bpmnElement?.id))
    const ids = rootElement.rootElements.flatMap((element) => elementsIn(element))
    assert.ok(ids.length > 4, `${file} holds only ${ids.length} elements`)
    assert.deepEqual(
      ids.filter((id) => !drawn.has(id)),
      [],
      file,
    )
  }
})

test("bpmnlint's rules for Camunda 8.6 pass", async () => {
  const { stdout } = await run(
    process.execPath,
    [require.resolve('bpmnlint/bin/bpmnlint.js'), '--max-warnings', '0', ...files],
    { cwd: root },
  )
  assert.equal(stdout.trim(), '')
})

test("a dispatch has room for the event's id: at most ten properties with it", async () => {
  for (const file of files) {
    for (const [task, payload] of payloadsIn(await readFile(file, 'utf8'))) {
      assert.ok(payload.size > 2, `${file}: ${task} sends ${[...payload]}`)
      assert.ok(payload.size + (payload.has('event_id') ? 0 : 1) <= 10, `${file}: ${task} sends ${[...payload]}`)
      assert.equal(payload.has('event_id'), file.includes('-connector'), `${file}: ${task}`)
    }
  }
})

test('every picture in the tutorial is of the model as it is', async () => {
  await run(process.execPath, [join(root, 'scripts', 'renderModels.ts'), '--check'])
})

interface Element {
  readonly $type: string
  readonly id: string
  readonly isExecutable?: boolean
  readonly flowElements?: Element[]
}

interface Definitions {
  readonly rootElements: Element[]
  readonly diagrams: {
    readonly plane: { readonly planeElement: { readonly bpmnElement?: { readonly id: string } }[] }
  }[]
}

interface Moddle {
  fromXML(xml: string): Promise<{ rootElement: Definitions; warnings: unknown[] }>
}

async function read(file: string): ReturnType<Moddle['fromXML']> {
  const { BpmnModdle }: { BpmnModdle: new (packages: object) => Moddle } = require('bpmn-moddle')
  const moddle = new BpmnModdle({ zeebe: require('zeebe-bpmn-moddle/resources/zeebe.json') })
  return moddle.fromXML(await readFile(file, 'utf8'))
}

function elementsIn(container: Element): string[] {
  return (container.flowElements ?? []).flatMap((element) => [element.id, ...elementsIn(element)])
}

/** The properties of `client_payload` that each dispatching task sends, in either form. */
function payloadsIn(xml: string): [string, Set<string>][] {
  const tasks = [...xml.matchAll(/<bpmn:serviceTask id="(\w+)".*?<\/bpmn:serviceTask>/gs)].map(
    ([text, id]) => [id ?? '', text] as const,
  )
  const dispatching = tasks.filter(([, text]) => text.includes('event_type') && text.includes('client_payload'))
  return dispatching.map(([id, text]) => [id, new Set([...legacyTargets(text), ...connectorKeys(text)])])
}

function legacyTargets(text: string): string[] {
  return [...text.matchAll(/target="body\.client_payload\.(\w+)"/g)].map(([, name]) => name ?? '')
}

/** A key of the payload stands at the start of a line. */
function connectorKeys(text: string): string[] {
  return [...text.matchAll(/&#10; {4}(?:"|&#34;|&quot;)(\w+)/g)].map(([, name]) => name ?? '')
}
