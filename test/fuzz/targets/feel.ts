import assert from 'node:assert/strict'
import { evaluate } from '../../../src/feel/evaluate.ts'
import { FeelSyntaxError, parseExpression } from '../../../src/feel/expression.ts'
import type { Target } from '../target.ts'

const variables: Readonly<Record<string, unknown>> = {
  a: 1,
  s: 'text',
  list: [3, 1, 2],
  o: { k: 'v', 'x-y': 1, deep: { z: [1, { n: null }] } },
  items: [{ n: 1 }, { n: 2 }],
}

/** An expression: it is no FEEL, or comes to a value that is JSON, or fails with a reason; in a moment. */
export const feel: Target = {
  seeds: () =>
    [
      '=a + 1 > 2 and not(s = "x")',
      '=for i in 1..5, j in list return {n: i * j, t: string(i)}',
      '=items[n > 1].n',
      '={f: function(x) x * 2, r: [f(4), count(list)]}.r',
      '=if some x in list satisfies x > 2 then date("2026-01-02") + duration("P1D") else null',
      '=sort(list, function(x, y) x < y)[-1] ** 2 / 3',
      '=matches(s, "(a|b)+") or contains(upper case(s), "X")',
      '=string join(split("a,b", ","), "-") + substring(s, 2, -1)',
      '=get or else(o.deep.z[1].n, context put(o, "k", 1))',
      '=time("10:00:00") instance of time',
    ].map((text) => Buffer.from(text)),
  words: [
    '=',
    '(',
    ')',
    '[',
    ']',
    '{',
    '}',
    ',',
    ':',
    '.',
    '..',
    '"',
    '`',
    'for ',
    ' in ',
    ' return ',
    'function(x) ',
    'if ',
    ' then ',
    ' else ',
    'some ',
    ' satisfies ',
    'item',
    '__proto__',
    'constructor',
    ' instance of ',
    'null',
    '1000000',
    '**',
    'list',
    'duration("P1Y")',
    'date and time("2026-01-01T00:00:00Z")',
    'concatenate(',
    'flatten(',
    'replace(s, "(x*)*", "y")',
    '//',
    '/*',
  ],
  run(input) {
    const text = input.toString('utf8')
    let expression: ReturnType<typeof parseExpression>
    try {
      expression = parseExpression(text.startsWith('=') ? text : `=${text}`)
    } catch (error) {
      if (error instanceof FeelSyntaxError) return
      throw error
    }
    const { value, type } = evaluate(
      expression,
      { get: (name) => (Object.hasOwn(variables, name) ? variables[name] : undefined) },
      0,
    )
    assert.deepEqual(JSON.parse(JSON.stringify(value)), value)
    assert.match(type, /^[A-Z_]+$/)
    assert.equal(Object({}).polluted, undefined)
  },
}
