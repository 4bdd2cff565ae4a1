import assert from 'node:assert/strict'
import { compileModel } from '../../../src/dmn/compileModel.ts'
import { evaluateDecision } from '../../../src/dmn/evaluateDecision.ts'
import { decision, literal, model, table } from '../../../src/dmn/testing/dmn.ts'
import type { Target } from '../target.ts'

const variables = { x: 3, s: 'text', list: [3, 1, 2], o: { k: 'v' } }

const boxed =
  '<context><contextEntry><variable name="f"/><functionDefinition><formalParameter name="n" typeRef="number"/><literalExpression><text>n * 2</text></literalExpression></functionDefinition></contextEntry><contextEntry><literalExpression><text>f(x)</text></literalExpression></contextEntry></context>'
const relation =
  '<relation><column name="a"/><row><literalExpression><text>x</text></literalExpression></row></relation>'
const knowledge =
  '<businessKnowledgeModel id="k" name="k"><encapsulatedLogic><formalParameter name="n"/><literalExpression><text>n + 1</text></literalExpression></encapsulatedLogic></businessKnowledgeModel>'

/** A file of decisions: it is refused in words, or every decision in it comes to a value that is JSON or fails with a reason; in a moment. */
export const dmn: Target = {
  seeds: () =>
    [
      model(
        decision(
          'a',
          table(
            ['x', 's'],
            [
              ['> 1', '"text"', '1'],
              ['-', 'not("a")', 'x * 2'],
            ],
            'FIRST',
          ),
        ),
      ),
      model(decision('a', table(['x'], [['[1..5]', '{p: x}']], 'COLLECT" aggregation="SUM'))),
      model(decision('a', literal('sum(list)')), decision('b', literal('a + x'), { requires: ['a'] })),
      model(decision('a', boxed), decision('b', relation)),
      model(knowledge, decision('a', literal('k(x)'))),
    ].map((text) => Buffer.from(text)),
  words: [
    '<decision id="z" name="z">',
    '</decision>',
    '<list>',
    '</list>',
    '<informationRequirement><requiredDecision href="#a"/></informationRequirement>',
    '<knowledgeRequirement><requiredKnowledge href="#k"/></knowledgeRequirement>',
    '<literalExpression><text>1</text></literalExpression>',
    'hitPolicy="PRIORITY"',
    'hitPolicy="OUTPUT ORDER"',
    'typeRef="string"',
    '<variable name="__proto__" typeRef="date"/>',
    '<outputValues><text>1,2</text></outputValues>',
    '<defaultOutputEntry><text>0</text></defaultOutputEntry>',
    'name=""',
    '&amp;',
    '<![CDATA[',
    ']]>',
    '<!DOCTYPE',
  ],
  async run(input) {
    const compiled = await compileModel(input.toString('utf8'))
    if ('refused' in compiled) {
      assert.equal(typeof compiled.refused, 'string')
      return
    }
    for (const id of compiled.model.decisions.keys()) {
      const result = evaluateDecision(compiled.model, id, variables, 0)
      const told = result.failure === undefined ? result.output : result.failure
      assert.deepEqual(JSON.parse(JSON.stringify(told)), told)
      assert.ok(result.evaluated.length <= 10_000)
    }
    assert.equal(Object({}).polluted, undefined)
  },
}
