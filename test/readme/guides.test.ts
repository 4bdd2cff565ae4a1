import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { copyProject, run } from './copyProject.ts'
import { project } from './readme.ts'

test("the program of the engine's guide keeps its engine in a folder, and ends", { timeout: 60_000 }, async (t) => {
  const [program] = await programsOf('engine.md')
  const copy = await copyProject(t)
  const onFreePorts = program!.replace('management: { port: 9600 }', 'port: 0, management: { port: 0 }')
  await copy.write('program.ts', `setTimeout(() => process.exit(2), 20_000).unref()\n${onFreePorts}`)
  const ran = await run(`'${process.execPath}' program.ts`, copy.folder)
  assert.equal(ran.status, 0, ran.words)
  const log = await run('git --git-dir=engine.git log --format=%an -1 refs/commitbase/engine', copy.folder)
  assert.equal(log.output, 'Engine\n', log.words)
})

test("the handlers' guide names each property of a payload that becomes more than data", async () => {
  const source = await readFile(join(project, 'src/events/dispatch.ts'), 'utf8')
  const names = [...source.matchAll(/attribute\(payload, '(\w+)'\)/g)].map(([, name]) => name!)
  assert.ok(names.length > 5)
  const guide = await readFile(join(project, 'docs/guides/handlers.md'), 'utf8')
  for (const name of names) assert.ok(guide.includes(`\`${name}\``), name)
})

async function programsOf(guide: string): Promise<string[]> {
  const text = await readFile(join(project, 'docs/guides', guide), 'utf8')
  return [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, program]) => program!)
}
