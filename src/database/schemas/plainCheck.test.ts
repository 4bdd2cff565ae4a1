import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Schema, schemaOf } from '../operations/operation.ts'
import { operations } from '../operations/operations.ts'
import { compileSchema } from './compileSchema.ts'
import { plainCheck } from './plainCheck.ts'

test('it says what Ajv says of whatever any operation may be given', () => {
  for (const operation of operations) {
    const schema = schemaOf(operation)
    const fits = plainCheck(schema)
    const validate = compileSchema(schema, { allowUnionTypes: true })
    const given = fc.dictionary(fc.constantFrom(...Object.keys(operation.parameters), 'other'), value, { maxKeys: 6 })
    fc.assert(fc.property(given, (parameters) => assert.equal(fits(parameters), validate(parameters), operation.name)))
  }
})

const hex = '0123456789abcdef0123456789abcdef01234567'

/** What the operations' contracts are of, and what is nearly so. */
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(1, -1, 0, 1.5, 10_000, 10_001, Number.NaN, Number.POSITIVE_INFINITY),
    fc.constantFrom('', 'stock', hex, `${hex}\n`, hex.toUpperCase()),
    fc.constantFrom(null, true, false, undefined),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('operation', 'op', 'path', 'cup', '__proto__', 'a.b'), tie('value'), { maxKeys: 3 }),
  ),
}))

test('what each keyword asks for is asked for, with values that just fit and just do not', () => {
  const cases: [Schema, fits: unknown[], others: unknown[]][] = [
    [{ type: 'string' }, [''], [1, null, {}, [], undefined]],
    [{ type: 'boolean' }, [false], [0, 'true', null]],
    [{ type: 'integer' }, [1, -0], [1.5, '1', Number.NaN, Number.POSITIVE_INFINITY]],
    [{ type: 'object' }, [{}], [[], null, 'a']],
    [{ type: 'array' }, [[]], [{}, null]],
    [{ type: ['string', 'array'] }, ['', []], [{}, 1]],
    [{ enum: [1, -1] }, [1, -1], [0, '1', true]],
    [{ minimum: 1 }, [1, '0', null], [0]],
    [{ maximum: 1 }, [1, '2', null], [2]],
    [{ pattern: '^a$' }, ['a', 1], ['b', 'a\n']],
    [{ minItems: 1 }, [[0], {}], [[]]],
    [{ maxItems: 1 }, [[0], 'ab'], [[0, 1]]],
    [{ items: { type: 'string' } }, [[], ['a'], {}], [[1], ['a', 1]]],
    [{ minProperties: 1 }, [{ a: 1 }, []], [{}]],
    [{ required: ['a'] }, [{ a: null }, []], [{}, { b: 1 }]],
    [{ properties: { a: { type: 'string' } } }, [{}, { a: '' }, { b: 1 }, []], [{ a: 1 }]],
    [{ additionalProperties: false }, [{}, [1]], [{ a: 1 }]],
    [{ properties: { a: {} }, additionalProperties: { type: 'string' } }, [{ a: 1, b: '' }], [{ b: 1 }]],
  ]
  for (const [schema, fitting, others] of cases) {
    const fits = plainCheck(schema)
    const validate = compileSchema(schema, { strict: false, strictNumbers: true })
    for (const value of fitting) assert.ok(fits(value) && validate(value), `${JSON.stringify(schema)} ${value}`)
    for (const value of others) assert.ok(!fits(value) && !validate(value), `${JSON.stringify(schema)} ${value}`)
  }
})

test('of a keyword or a type that it does not know it says no, so that Ajv is asked', () => {
  for (const schema of [{ not: { type: 'string' } }, { type: 'number' }, { properties: { a: { const: 1 } } }])
    assert.equal(plainCheck(schema)({ a: 1 }), false)
})
