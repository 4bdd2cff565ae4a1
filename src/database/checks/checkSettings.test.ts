import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { type GitObject, type Oid, wholeObject } from '../../git/objects/object.ts'
import { WorkingTree } from '../../git/trees/workingTree.ts'
import { checkPush } from './checkTree.ts'

let objects: Map<Oid, GitObject>
let tree: WorkingTree
let before: Oid | null

beforeEach(() => {
  objects = new Map()
  tree = new WorkingTree(null, read)
  before = null
})

async function read(oids: readonly Oid[]): Promise<GitObject[]> {
  return oids.map((oid) => objects.get(oid)!)
}

/** What is wrong with a push of those files, as `path: reason`. */
async function push(files: Readonly<Record<string, unknown>>): Promise<string[]> {
  for (const [path, content] of Object.entries(files)) {
    if (content === null) await tree.remove(path.split('/'))
    else await tree.write(path.split('/'), Buffer.from(typeof content === 'string' ? content : JSON.stringify(content)))
  }
  const { root, objects: added } = tree.seal()
  for (const object of added)
    objects.set(
      object.oid,
      wholeObject(object, (oid) => objects.get(oid)),
    )
  const problems = await checkPush(before, root, 'db', read)
  before = root
  return problems.map(({ path, reason }) => `${path}: ${reason}`)
}

const unique = (...fields: string[]) => ({ tables: { stock: { indexes: [{ fields, unique: true }] } } })
const file = 'db/.commitbase.json'

test('settings say where they are wrong, by JSON Pointer, and what came', async () => {
  const stock = (indexes: unknown) => ({ tables: { stock: { indexes } } })
  const wrong: [unknown, RegExp][] = [
    ['{', /^db\/\.commitbase\.json: db\/\.commitbase\.json is not JSON/],
    [[], /must be object; got \[\]/],
    [{ table: {} }, /must NOT have additional properties \('table'\); got/],
    [stock({}), / at \/tables\/stock\/indexes: must be array; got \{\}/],
    [stock([{ unique: true }]), / at \/tables\/stock\/indexes\/0: must have required property 'fields'; got/],
    [stock([{ fields: [] }]), / at \/tables\/stock\/indexes\/0\/fields: must NOT have fewer than 1 items/],
    [
      stock([{ fields: ['a'] }, { fields: ['b', 'c..d'] }]),
      / at \/tables\/stock\/indexes\/1\/fields\/1: must be a path such as sku or place.row; got 'c..d'/,
    ],
    [stock([{ fields: ['$where'] }]), / at \/tables\/stock\/indexes\/0\/fields\/0: must be a path/],
    [
      stock([{ fields: ['a'] }, { fields: ['a'], unique: true }]),
      / at \/tables\/stock\/indexes\/1: there is an index on these fields already/,
    ],
    [{ tables: { '../x': {} } }, / at \/tables\/\.\.~1x: a table's name must be/],
  ]
  for (const [content, problem] of wrong) {
    const [found, ...more] = await push({ [file]: content })
    assert.match(found!, problem)
    assert.deepEqual(more, [])
  }
})

test('settings that say nothing, or name tables that are not there, are fine', async () => {
  for (const content of [{}, { tables: {} }, { tables: { stock: {} } }, unique('sku'), unique('a.b', 'c')])
    assert.deepEqual(await push({ [file]: content }), [])
})

test('a push that brings a value twice into a unique index is refused, naming both', async () => {
  assert.deepEqual(await push({ [file]: unique('sku'), 'db/stock/a.json': { _id: 'a', sku: 1 } }), [])
  assert.deepEqual(await push({ 'db/stock/b.json': { _id: 'b', sku: 2 }, 'db/order/c.json': { _id: 'c', sku: 1 } }), [])
  const [problem, ...more] = await push({ 'db/stock/c.json': { _id: 'c', sku: 1 } })
  assert.match(problem!, /^db\/stock: 'a' and 'c' in 'stock' would have the same sku \(1\)/)
  assert.deepEqual(more, [])
  assert.deepEqual(await push({ 'db/stock/c.json': null }), [])
})

test('a unique index on records that share a value already is refused, naming both', async () => {
  assert.deepEqual(
    await push({ 'db/stock/a.json': { _id: 'a', n: [1, 2] }, 'db/stock/b.json': { _id: 'b', n: 2 } }),
    [],
  )
  const [problem] = await push({ [file]: unique('n') })
  assert.match(problem!, /^db\/stock: 'a' and 'b' in 'stock' would have the same n/)
  assert.deepEqual(await push({ [file]: { tables: { stock: { indexes: [{ fields: ['n'] }] } } } }), [])
})
