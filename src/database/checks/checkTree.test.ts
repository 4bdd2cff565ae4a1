import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { type GitObject, type Oid, wholeObject } from '../../git/objects/object.ts'
import { WorkingTree } from '../../git/trees/workingTree.ts'
import { idDigits } from '../tables/tableFolder.ts'
import { checkPush } from './checkTree.ts'

let objects: Map<Oid, GitObject>
let tree: WorkingTree
let before: Oid | null
let reads: number

beforeEach(() => {
  objects = new Map()
  tree = new WorkingTree(null, read)
  before = null
  reads = 0
})

async function read(oids: readonly Oid[]): Promise<GitObject[]> {
  reads += oids.length
  return oids.map((oid) => objects.get(oid)!)
}

async function write(path: string, content: string | object | Buffer): Promise<void> {
  const isText = typeof content === 'string' || Buffer.isBuffer(content)
  await tree.write(path.split('/'), Buffer.from(isText ? content : JSON.stringify(content)))
}

async function link(path: string, mode: '120000' | '160000'): Promise<void> {
  tree.placeNow(path.split('/'), { kind: 'other', mode, oid: '1'.repeat(40) })
}

/** What is wrong with what was written since the last push, as `path: reason`. */
async function push(): Promise<string[]> {
  const { root, objects: added } = tree.seal()
  for (const object of added)
    objects.set(
      object.oid,
      wholeObject(object, (oid) => objects.get(oid)),
    )
  reads = 0
  const problems = await checkPush(before, root, 'db', read)
  before = root
  return problems.map(({ path, reason }) => `${path}: ${reason}`)
}

/** Each pattern fits one problem, and there are no others. */
function assertProblems(found: readonly string[], expected: readonly RegExp[]): void {
  const fitting = expected.map((pattern) => found.filter((problem) => pattern.test(problem)))
  for (const [index, problems] of fitting.entries())
    assert.equal(problems.length, 1, `${expected[index]} in\n${found.join('\n')}`)
  assert.equal(found.length, expected.length, found.join('\n'))
}

test('good records pass, wherever they are found, and what lies elsewhere is nobody’s business', async () => {
  await write('db/stock/cup.json', { _id: 'cup' })
  const digits = idDigits('jug')
  await write(`db/stock/${digits.slice(0, 2)}/jug.json`, { _id: 'jug' })
  await write(`db/stock/${idDigits('mug').slice(0, 2)}/${idDigits('mug').slice(2, 4)}/mug.json`, { _id: 'mug' })
  await write('db/README.md', '# records')
  await write('db/.commitbase.json', '{}')
  await write('src/con.json', 'no record')
  assert.deepEqual(await push(), [])
})

test('a file that is no record is named with the reason', async () => {
  await write('db/stock/a.json', '{"_id": "a",}')
  await write('db/stock/b.json', { _id: 'B' })
  await write('db/stock/c.json', '[1]')
  await write('db/stock/d.json', '{"_id": "d", "n": 12345678901234567890}')
  await write('db/stock/e.json', { _id: 'e', text: 'x'.repeat(1_100_000) })
  await write('db/stock/f.json', Buffer.from([0xff]))
  await write('db/stock/con.json', { _id: 'con' })
  await write('db/stock/readme.md', 'hello')
  await write('db/stock/zz/g.json', { _id: 'g' })
  await write('db/git~1/h.json', { _id: 'h' })
  assertProblems(await push(), [
    /^db\/stock\/readme\.md: only records/,
    /^db\/stock\/zz: only records/,
    /^db\/stock\/a\.json: the file is not JSON: /,
    /^db\/stock\/b\.json: its _id must be the file's name, 'b'; got 'B'$/,
    /^db\/stock\/c\.json: it must be an object; got \[1\]$/,
    /^db\/stock\/d\.json: the file at \/n: the number 12345678901234567890/,
    /^db\/stock\/e\.json: it has 1,100,021 bytes, a record at most 1,048,576$/,
    /^db\/stock\/f\.json: the file is not UTF-8/,
    /^db\/stock\/con\.json: its name must not be a device name of Windows$/,
    /^db\/git~1: a table's name must not be/,
  ])
})

test('two files of one id, ids and tables that differ only in case, and a wrong folder are found', async () => {
  const digits = idDigits('cup').slice(0, 2)
  await write('db/stock/cup.json', { _id: 'cup' })
  await write('db/stock/jug.json', { _id: 'jug' })
  assert.deepEqual(await push(), [])
  await write(`db/stock/${digits}/cup.json`, { _id: 'cup', newer: true })
  await write('db/stock/JUG.json', { _id: 'JUG' })
  const wrong = idDigits('mug').startsWith('00') ? '01' : '00'
  await write(`db/stock/${wrong}/mug.json`, { _id: 'mug' })
  await write('db/Stock/x.json', { _id: 'x' })
  assertProblems(await push(), [
    /^db\/Stock: a table's name must not differ only in case from another's: 'stock'/,
    /^db\/stock\/JUG\.json: its _id differs only in case from that of db\/stock\/jug\.json/,
    new RegExp(
      `^db/stock/${digits}/cup\\.json: two files hold the same id: db/stock/cup\\.json and db/stock/${digits}/cup\\.json`,
    ),
    new RegExp(`^db/stock/${wrong}/mug\\.json: it is in a wrong folder`),
  ])
})

test('symbolic links and submodules are not let in, nor a file in the place of the base folder', async () => {
  await link('db/stock/cup.json', '120000')
  await link('db/order', '160000')
  assertProblems(await push(), [
    /^db\/stock\/cup\.json: symbolic links are not allowed/,
    /^db\/order: submodules are not allowed/,
  ])
  await tree.remove(['db'])
  await link('db', '120000')
  assertProblems(await push(), [/^db: symbolic links are not allowed/])
  await tree.remove(['db'])
  await write('db', 'text')
  assertProblems(await push(), [/^db: must be a folder/])
})

test('records must keep the schema of their table, and a schema must be one', async () => {
  await write('db/stock/.schema.json', { properties: { price: { type: 'integer' } } })
  await write('db/stock/cup.json', { _id: 'cup', price: 'x' })
  assertProblems(await push(), [
    /^db\/stock\/cup\.json: it breaks the table's schema: \/price must be integer .*got 'x'$/,
  ])
  await write('db/stock/cup.json', { _id: 'cup', price: 1 })
  assert.deepEqual(await push(), [])
  await write('db/stock/.schema.json', { type: 'nothing' })
  assertProblems(await push(), [/^db\/stock\/\.schema\.json: .* is not a JSON Schema/])
})

test('what did not change is not read, and what is gone is no problem', async () => {
  for (let number = 0; number < 50; number++) await write(`db/t${number}/cup.json`, { _id: 'cup' })
  await write('db/broken/x.json', 'from before the hub')
  await push()
  await write('db/t7/jug.json', { _id: 'jug' })
  await tree.remove(['db', 't8'])
  assert.deepEqual(await push(), [])
  // Two roots, two base folders, two of t7, the record; and the folder once more for its place.
  assert.ok(reads <= 8, `${reads} objects were read`)
})
