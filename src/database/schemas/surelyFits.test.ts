import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { JsonObject } from '../json/json.ts'
import { schemaOf } from '../operations/operation.ts'
import { operations } from '../operations/operations.ts'
import { settingsSchema } from '../tables/settings.ts'
import { compileSchema } from './compileSchema.ts'
import { surelyFits } from './surelyFits.ts'

const anything = fc.oneof(
  fc.constantFrom('stock', 'a'.repeat(40), '', 0, 1, -1, 0.5, 10_001, Number.NaN, Number.POSITIVE_INFINITY, true, null),
  fc.constant(undefined),
  fc.array(fc.constantFrom('sku', 1, undefined), { maxLength: 2 }),
  fc.dictionary(fc.constantFrom('x', 'sku'), fc.constantFrom('a'.repeat(40), 1, undefined), { maxKeys: 2 }),
)

/** Mostly what fits a part of the schema, and now and then anything. */
function nearly(schema: Readonly<JsonObject>): fc.Arbitrary<unknown> {
  const [type] = [schema.type].flat()
  const fitting =
    type === 'object'
      ? objects(schema)
      : type === 'array'
        ? fc.array(schema.items ? nearly(schema.items as JsonObject) : anything, { maxLength: 3 })
        : fc.constantFrom(...((schema.enum ?? leaves[type as keyof typeof leaves]) as unknown[]))
  return fc.oneof({ weight: 12, arbitrary: fitting }, { weight: 1, arbitrary: anything })
}

const leaves = { string: ['stock', 'a'.repeat(40)], integer: [0, 1, 10_000], boolean: [true, false] }

function objects({ properties = {}, required = [], additionalProperties }: Readonly<JsonObject>) {
  const schemas = Object.entries(properties as Record<string, JsonObject>)
  const known = Object.fromEntries(schemas.map(([key, schema]) => [key, nearly(schema)]))
  const others = fc.dictionary(fc.constantFrom('x', 'sku'), nearly({ enum: [1], ...(additionalProperties as object) }))
  return fc
    .tuple(
      fc.record(known, { requiredKeys: required as string[] }),
      fc.oneof({ weight: 5, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: others }),
    )
    .map(([known, others]) => ({ ...others, ...known }))
}

for (const [name, schema] of [
  ...operations.map((operation) => [operation.name, schemaOf(operation)] as const),
  ['the settings', settingsSchema as JsonObject] as const,
]) {
  test(`${name}: what surely fits is what Ajv takes`, () => {
    const validate = compileSchema(schema, { allErrors: true, allowUnionTypes: true })
    let fitting = 0
    fc.assert(
      fc.property(nearly(schema), (value) => {
        assert.equal(surelyFits(value, schema), validate(value))
        if (validate(value)) fitting++
      }),
      { numRuns: 400 },
    )
    assert.ok(fitting > 0, 'nothing fits')
  })
}

test('what is not known here is not sure, nor what only looks as if it were unique', () => {
  assert.equal(surelyFits('x', { type: 'string', format: 'date-time' }), false)
  assert.equal(surelyFits(null, { type: 'null' }), false)
  assert.equal(surelyFits([{}, {}], { uniqueItems: true }), false)
  assert.equal(surelyFits([[1], [1]], { uniqueItems: true }), false)
  const holed: unknown[] = []
  holed[1] = 'x'
  assert.equal(surelyFits(holed, { items: { type: 'string' } }), false)
})
