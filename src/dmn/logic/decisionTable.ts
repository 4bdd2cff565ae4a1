import { evaluateUnaryTests } from '../../feel/unaryTests.ts'
import { toJson } from '../../feel/values/json.ts'
import { type Compiler, compileExpression, compileTests } from '../compiler.ts'
import {
  EvaluationFailure,
  evaluateExpression,
  lookupIn,
  type Scope,
  type TableReport,
  type Values,
} from '../evaluation.ts'
import { applyHitPolicy, single } from '../hitPolicies.ts'
import type { Node } from '../moddle.ts'
import type { Aggregation, DecisionTable, HitPolicy, InputClause, OutputClause, Rule } from '../model.ts'

/** DMN 1.3 §8. Without a rule that matches: the default outputs, else null. */
export function compileDecisionTable(compiler: Compiler, node: Node): DecisionTable {
  const hitPolicy = (node.hitPolicy ?? 'UNIQUE') as HitPolicy
  const aggregation = node.aggregation as Aggregation | undefined
  const outputs = node.output ?? []
  if (outputs.length > 1) checkCompound(compiler, hitPolicy, aggregation, outputs)
  return {
    kind: 'decisionTable',
    hitPolicy,
    ...(aggregation !== undefined && { aggregation }),
    inputs: (node.input ?? []).map((input) => compileInput(compiler, input)),
    outputs: outputs.map((output) => compileOutput(compiler, output)),
    rules: (node.rule ?? []).map((rule) => compileRule(compiler, rule)),
  }
}

export function evaluateDecisionTable(
  table: DecisionTable,
  scope: Scope,
  tell: (report: TableReport) => void = () => {},
): unknown {
  const inputs = table.inputs.map(({ expression }) => evaluateExpression(expression, scope))
  const told = { inputs: table.inputs.map((input, at) => inputTold(input, inputs[at])), matchedRules: [] }
  tell(told)
  const matching = table.rules.filter((rule) => matches(rule, inputs, scope))
  if (matching.length === 0) return defaultOutput(table, scope)
  const rules = table.hitPolicy === 'FIRST' ? matching.slice(0, 1) : matching
  const hits = rules.map((rule) => ({ rule, values: outputsOf(rule, scope) }))
  tell({ ...told, matchedRules: hits.map(({ rule, values }) => ruleTold(table, rule, values)) })
  return applyHitPolicy(
    table,
    hits.map(({ values }) => named(table.outputs, values)),
  )
}

function checkCompound(compiler: Compiler, hitPolicy: HitPolicy, aggregation: unknown, outputs: readonly Node[]): void {
  if (hitPolicy === 'COLLECT' && aggregation !== undefined)
    compiler.problems.push("hit policy 'COLLECT' with aggregator is not defined for compound output")
  for (const { name, label } of outputs) {
    if (name === undefined) compiler.problems.push(`no output name defined for \`${label ?? null}\``)
  }
}

function compileInput(compiler: Compiler, { id, label, inputExpression }: Node): InputClause {
  return {
    id: id ?? '',
    ...(label !== undefined && { label }),
    expression: compileExpression(compiler, inputExpression ?? { $type: 'dmn:LiteralExpression' }),
  }
}

function compileOutput(compiler: Compiler, { id, name, label, outputValues, defaultOutputEntry }: Node): OutputClause {
  return {
    id: id ?? '',
    ...(name !== undefined && { name }),
    ...(label !== undefined && { label }),
    values: outputValues?.text === undefined ? [] : outputValues.text.split(',').map(unquoted),
    ...(defaultOutputEntry && { otherwise: compileExpression(compiler, defaultOutputEntry) }),
  }
}

function unquoted(text: string): string {
  return text.trim().replace(/["']/g, '')
}

function compileRule(compiler: Compiler, { id, inputEntry = [], outputEntry = [] }: Node): Rule {
  return {
    id: id ?? '',
    tests: inputEntry.map((entry) => compileTests(compiler, entry)),
    outputs: outputEntry.map((entry) => compileExpression(compiler, entry)),
  }
}

/** The tests see the input as `?` and as `cellInput`. */
function matches({ tests }: Rule, inputs: readonly unknown[], { variables, now, unique, budget }: Scope): boolean {
  return tests.every((test, at) => {
    if (test === undefined) return true
    const input = inputs[at] ?? null
    const { value, failure } = evaluateUnaryTests(
      test,
      input,
      lookupIn({ ...variables, cellInput: input }),
      now,
      unique,
      budget,
    )
    if (failure !== undefined) throw new EvaluationFailure(failure)
    return value === true
  })
}

function outputsOf(rule: Rule, scope: Scope): unknown[] {
  return rule.outputs.map((expression) => evaluateExpression(expression, scope))
}

function named(outputs: readonly OutputClause[], values: readonly unknown[]): Values {
  return Object.fromEntries(outputs.map(({ name }, at) => [String(name ?? null), values[at] ?? null]))
}

function defaultOutput({ outputs }: DecisionTable, scope: Scope): unknown {
  const given = outputs.flatMap(({ name, otherwise }) =>
    otherwise === undefined ? [] : [[String(name ?? null), evaluateExpression(otherwise, scope)]],
  )
  return given.length === 0 ? null : single(Object.fromEntries(given))
}

/** As Zeebe names it: by its label, else by its expression, of which thirty characters are told. */
function inputTold({ id, label, expression }: InputClause, value: unknown): TableReport['inputs'][number] {
  return { id, name: label ?? expression.source.slice(0, 30), value: toJson(value) }
}

function ruleTold(table: DecisionTable, rule: Rule, values: readonly unknown[]): TableReport['matchedRules'][number] {
  return {
    id: rule.id,
    index: table.rules.indexOf(rule) + 1,
    outputs: table.outputs.map(({ id, name, label }, at) => ({ id, name: label ?? name, value: toJson(values[at]) })),
  }
}
