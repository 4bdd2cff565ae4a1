import type { PlantedRule } from '../planted.ts'

/** Each breaks a single rule of decisions; the kept answers of dmn-scala show every one of them. */
export const plantedDecisions: readonly PlantedRule[] = [
  plant(
    'two rules that match are too many where one may',
    'hitPolicies.ts',
    'if (hits.length === 1) return single',
    'if (hits.length >= 1) return single',
  ),
  plant(
    'of several that say the same any does',
    'hitPolicies.ts',
    'if (distinct.length === 1) return single',
    'if (distinct.length >= 1) return single',
  ),
  plant(
    'the first output has the highest priority',
    'hitPolicies.ts',
    'a.rank < b.rank ? -1 : a.rank > b.rank ? 1 : 0',
    'a.rank < b.rank ? 1 : a.rank > b.rank ? -1 : 0',
  ),
  plant(
    'what has no place among the outputs comes last',
    'hitPolicies.ts',
    "return place < 0 ? '_' : String(place)",
    "return place < 0 ? '' : String(place)",
  ),
  plant(
    'the least is collected',
    'hitPolicies.ts',
    'compareNumbers(value, least) < 0',
    'compareNumbers(value, least) > 0',
  ),
  plant(
    'the greatest is collected',
    'hitPolicies.ts',
    'compareNumbers(value, most) > 0',
    'compareNumbers(value, most) < 0',
  ),
  plant('one output is its value', 'hitPolicies.ts', 'return values.length === 1 ? values[0] : hit', 'return hit'),
  plant('only what says true matches', 'logic/decisionTable.ts', 'return value === true', 'return value !== false'),
  plant(
    'without a rule that matches the default outputs count',
    'logic/decisionTable.ts',
    'return given.length === 0 ? null : single(',
    'return given.length >= 0 ? null : single(',
  ),
  plant(
    'with FIRST no other rule is evaluated',
    'logic/decisionTable.ts',
    "table.hitPolicy === 'FIRST' ? matching.slice(0, 1) : matching",
    'matching',
  ),
  plant(
    'a cell with nothing in it takes every input',
    'logic/decisionTable.ts',
    'if (test === undefined) return true',
    'if (test === undefined) return false',
  ),
  plant(
    'an entry of a context sees those before it',
    'logic/context.ts',
    '[name]: scope.evaluate(logic, withVariables(scope, values))',
    '[name]: scope.evaluate(logic, scope)',
  ),
  plant(
    'functions of a context do not leave it',
    'logic/context.ts',
    'value instanceof FeelFunction ? null : value',
    'value',
  ),
  plant(
    'a function of knowledge needs all of its parameters',
    'logic/invocation.ts',
    'if (missing !== undefined) throw',
    'if (missing === null) throw',
  ),
  plant('a result has the type that is said of it', 'typeCheck.ts', 'typeName(value) === expected', 'expected'),
  plant(
    'a decision sees what it requires itself, and not what that requires',
    'evaluateDecision.ts',
    'resultOf(decisions, other, scope)]',
    'resultOf(decisions, other, { ...scope, variables: {} })]',
  ),
]

function plant(rule: string, file: string, text: string, by: string): PlantedRule {
  const tests = 'test/conformance/dmn/decisions.test.ts'
  return { rule, shownBy: tests, file: `src/dmn/${file}`, changes: [[text, by]] }
}
