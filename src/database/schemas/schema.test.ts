import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openMemory } from '../../git/memory.ts'
import { checkPush } from '../checks/checkTree.ts'
import { openTestDatabase, plain } from '../testing/testDatabase.ts'

const main = 'refs/heads/main'

const schema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $defs: { money: { type: 'object', properties: { amount: { type: 'integer', minimum: 0 } }, required: ['amount'] } },
  properties: {
    _id: { type: 'string' },
    _updated: { type: 'string', format: 'date-time' },
    mail: { type: 'string', format: 'email' },
    price: { $ref: '#/$defs/money', unevaluatedProperties: false },
    'a/b': { items: { $ref: '#/properties/mail' } },
  },
  unevaluatedProperties: false,
}

async function withSchema(given: unknown = schema, repository = openMemory()) {
  const database = await openTestDatabase(repository)
  await database.run('INSERT', { table: 'stock', record: { _id: 'cup' } })
  const author = { name: 'Ada', email: 'ada@example.org' }
  await database
    .workspace()
    .tree(main)
    .write(['db', 'stock', '.schema.json'], Buffer.from(JSON.stringify(given)))
  database.workspace().commit(main, { message: 'Schema', author, time: 0 })
  await database.land()
  return database
}

const broken: [object, RegExp][] = [
  [{ mail: 'nobody' }, /\/mail must match format "email" \(#\/properties\/mail\/format\); got 'nobody'/],
  [{ price: { amount: -1 } }, /\/price\/amount must be >= 0 \(#\/\$defs\/money\/properties\/amount\/minimum\); got -1/],
  [{ price: {} }, /\/price must have required property 'amount' \(#\/\$defs\/money\/required\)/],
  [
    { price: { amount: 1, tax: 2 } },
    /\/price must NOT have unevaluated properties \('tax'\) \(#\/properties\/price\/unevaluatedProperties\)/,
  ],
  [{ 'a/b': ['a@b.de', 'x'] }, /\/a~1b\/1 must match format "email"/],
  [{ colour: 'red' }, /unevaluated properties \('colour'\) \(#\/unevaluatedProperties\)/],
]

test('a record that breaks the schema is refused with the place (a JSON Pointer) and the rule, whichever operation writes it', async () => {
  const { run } = await withSchema()
  for (const [fields, message] of broken) {
    const refused = { code: 'invalid', message }
    const table = 'stock'
    const insert = { operation: 'INSERT', table, record: { ...fields } }
    await assert.rejects(run('INSERT', { table, record: fields }), refused)
    await assert.rejects(run('UPSERT', { table, record: fields }), refused)
    await assert.rejects(run('PATCH', { table, id: 'cup', patch: fields }), refused)
    await assert.rejects(run('UPDATEONE', { table, record: fields, query: {} }), refused)
    await assert.rejects(run('TRANSACT', { operations: [insert] }), refused)
  }
  await run('INSERT', { table: 'stock', record: { mail: 'a@b.de', price: { amount: 1 }, 'a/b': ['c@d.de'] } })
})

test('a push is checked against the schema with the same words', async () => {
  const { workspace, repository } = await withSchema()
  const tree = workspace().tree(main)
  const before = tree.seal().root
  for (const [fields, message] of broken) {
    await tree.write(['db', 'stock', 'cup.json'], Buffer.from(JSON.stringify({ _id: 'cup', ...fields })))
    const { root, objects } = tree.seal()
    assert.equal(await repository.land(objects, []), 'landed')
    const read = (oids: readonly string[]) => repository.read(oids)
    const [problem] = await checkPush(before, root, 'db', read)
    assert.match(problem!.reason, message)
  }
})

test('what a schema says of a key is said of a record of its own keys alone, and of decimal fractions as they are written', async () => {
  const price = { multipleOf: 0.01 }
  const { run } = await withSchema({
    properties: { constructor: { type: 'string' }, toString: { type: 'string' }, price },
    propertyNames: { pattern: '^[_a-z]+(Of)?(String)?$' },
  })
  const insert = (record: object) => run('INSERT', { table: 'stock', record })
  await insert({ constructor: 'Ada' })
  for (const price of [0.07, 4.35, 1_234_567.89, -1e21, 0]) await insert({ price })
  for (const price of [4.355, 1e-9, 5e-324, 1_234_567.891])
    await assert.rejects(insert({ price }), {
      code: 'invalid',
      message: /\/price must be multiple of 0.01 \(#\/properties\/price\/multipleOf\); got /,
    })
  await assert.rejects(insert({ constructor: 1 }), { code: 'invalid', message: /\/constructor must be string/ })
  await assert.rejects(insert({ N: 1 }), {
    code: 'invalid',
    message: /must match pattern .* \('N'\) \(#\/propertyNames/,
  })
})

test('a schema that leads to itself refuses every record, as does one that cannot be asked, and one that is true or false all or none', async () => {
  for (const [given, message] of [
    [{ $ref: '#' }, /breaks the schema of 'stock': the schema leads from itself to itself/],
    [{ anyOf: [{ allOf: [{ $ref: '#' }] }] }, /leads from itself to itself/],
    [
      { properties: { n: { $ref: '#/step' } }, step: { multipleOf: 0 } },
      /the schema cannot be asked: Division by zero/,
    ],
    [false, /boolean schema is false/],
  ] as const) {
    const { run } = await withSchema(given)
    await assert.rejects(run('INSERT', { table: 'stock', record: { n: 1 } }), { code: 'invalid', message })
  }
  const { run } = await withSchema(true)
  await run('INSERT', { table: 'stock', record: {} })
})

test('a patch that is done again once the schema was read puts what it would have put the first time', async () => {
  const distant = { ...openMemory(), find: undefined }
  const { run, reopen } = await withSchema({ properties: { list: { items: { type: 'integer' } } } }, distant)
  await reopen()
  const patch = [
    { op: 'add', path: '/list', value: [] },
    { op: 'add', path: '/list/-', value: 1 },
  ]
  const { result } = await run('PATCH', { table: 'stock', id: 'cup', patch })
  assert.deepEqual(plain(result), { _id: 'cup', list: [1] })
})

test('a schema that comes later is asked of what is written from then on', async () => {
  const { run } = await withSchema({ required: ['n'] })
  assert.equal((await run('GET', { table: 'stock', id: 'cup' })).result.found, true)
  const patch = (fields: object) => run('PATCH', { table: 'stock', id: 'cup', patch: fields })
  await assert.rejects(patch({ m: 1 }), { code: 'invalid', message: /must have required property 'n'/ })
  await patch({ n: 1 })
})
