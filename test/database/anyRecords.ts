import fc from 'fast-check'

/** Values that are easily mixed up: null and nothing, 0 and -0, texts that sort otherwise as UTF-8, lists in lists. */
const scalar = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: -2, max: 3 }) },
  {
    weight: 4,
    arbitrary: fc.constantFrom('', 'a', 'ab', 'b', '1', 'a\0', 'a\0b', '\u{1f600}', '\uffff', 'é', 'toString'),
  },
  {
    weight: 4,
    arbitrary: fc.constantFrom<unknown>(null, true, false, 0, -0, 1e300, -1e300, 5e-324, 0.5, -1.5, 2 ** 53),
  },
  { weight: 1, arbitrary: fc.constantFrom('x'.repeat(95), 'x'.repeat(96), 'x'.repeat(97), `${'x'.repeat(97)}y`) },
)

const name = fc.oneof(
  { weight: 30, arbitrary: fc.constantFrom('a', 'b', 'c', '0') },
  { weight: 1, arbitrary: fc.constant('constructor') },
)

const value = fc.letrec<{ value: unknown; list: unknown[]; object: Record<string, unknown> }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { weight: 5, arbitrary: scalar },
    { weight: 2, arbitrary: tie('list') },
    { weight: 2, arbitrary: tie('object') },
  ),
  list: fc.array(tie('value'), { maxLength: 3 }),
  object: fc.dictionary(name, tie('value'), { maxKeys: 3 }),
}))

/** A record's fields, without its id. */
export const anyFields = fc.dictionary(fc.constantFrom('a', 'b', 'c'), value.value, { maxKeys: 3 })

export const anyPath = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('a', 'b') },
  { weight: 4, arbitrary: fc.constantFrom('a.b', 'a.0', 'a.b.c') },
  { weight: 1, arbitrary: fc.constantFrom('a.0.b', 'b.c', 'a.c', 'b.0.0', 'c') },
)

const operand = value.value
const comparison = fc.constantFrom('$eq', '$ne', '$gt', '$gte', '$lt', '$lte')
const type = fc.constantFrom('string', 'number', 'int', 'null', 'array', 'object', 'bool')

const operators = fc.letrec<{ one: Record<string, unknown>; some: Record<string, unknown> }>((tie) => ({
  one: fc.oneof(
    { weight: 6, arbitrary: fc.tuple(comparison, operand).map(pair) },
    {
      weight: 2,
      arbitrary: fc.tuple(fc.constantFrom('$in', '$nin', '$all'), fc.array(operand, { maxLength: 3 })).map(pair),
    },
    fc.boolean().map((exists) => ({ $exists: exists })),
    type.map((name) => ({ $type: name })),
    fc.integer({ min: 0, max: 3 }).map((size) => ({ $size: size })),
    fc.constantFrom('^a', '^ab?', 'b', '^a|b', '^x+', '^').map((pattern) => ({ $regex: pattern })),
    fc.constantFrom([2, 0], [2, 1]).map((mod) => ({ $mod: mod })),
    tie('some').map((inner) => ({ $not: inner })),
    tie('some').map((inner) => ({ $elemMatch: inner })),
    fc.tuple(anyPath, operand).map((entry) => ({ $elemMatch: pair(entry) })),
  ),
  some: fc.array(tie('one'), { minLength: 1, maxLength: 2 }).map((parts) => Object.assign({}, ...parts)),
}))

const condition = fc.oneof({ weight: 1, arbitrary: operand }, { weight: 3, arbitrary: operators.some })

/** A query as a client may send it. */
export const anyQuery = fc.letrec<{ query: Record<string, unknown> }>((tie) => ({
  query: fc.oneof(
    { depthSize: 'small' },
    { weight: 5, arbitrary: fc.array(fc.tuple(anyPath, condition), { maxLength: 3 }).map(Object.fromEntries) },
    fc
      .tuple(fc.constantFrom('$and', '$or', '$nor'), fc.array(tie('query'), { minLength: 1, maxLength: 3 }))
      .chain(([key, parts]) => tie('query').map((rest) => ({ ...rest, [key]: parts }))),
  ),
})).query

function pair([key, value]: readonly [string, unknown]): Record<string, unknown> {
  return { [key]: value }
}
