import type { FeelExpression } from '../feel/expression.ts'
import type { UnaryTests } from '../feel/unaryTests.ts'

/** A file of decisions as it is evaluated: derived from its XML, never stored. */
export interface DecisionRequirements {
  id: string
  name: string
  namespace: string
  /** By id, in the order in which Zeebe lists them. */
  decisions: ReadonlyMap<string, Decision>
}

export interface Decision {
  id: string
  name: string
  versionTag?: string
  /** Its result is a variable of this name, for who requires it. */
  resultName: string
  resultType?: string
  /** Ids of the decisions that are evaluated before it. */
  requires: readonly string[]
  knowledge: readonly KnowledgeModel[]
  logic: Logic
}

/** A business knowledge model: a function for who requires it. */
export interface KnowledgeModel {
  id: string
  name: string
  parameters: readonly Parameter[]
  requires: readonly KnowledgeModel[]
  logic: Logic
}

export interface Parameter {
  name: string
  type?: string
}

export type Logic =
  | DecisionTable
  | LiteralExpression
  | Context
  | List
  | Relation
  | Invocation
  | FunctionDefinition
  | NoLogic

export interface LiteralExpression {
  kind: 'literalExpression'
  expression: FeelExpression
}

/** `result`: the last entry where it has no name: what the context comes to. */
export interface Context {
  kind: 'context'
  entries: readonly NamedLogic[]
  result?: Logic
}

export interface NamedLogic {
  name: string
  logic: Logic
}

export interface List {
  kind: 'list'
  elements: readonly Logic[]
}

export interface Relation {
  kind: 'relation'
  rows: readonly (readonly NamedLogic[])[]
}

export interface Invocation {
  kind: 'invocation'
  knowledge: KnowledgeModel
  bindings: readonly { name: string; expression: FeelExpression }[]
}

export interface FunctionDefinition {
  kind: 'functionDefinition'
  parameters: readonly Parameter[]
  expression: FeelExpression
}

/** Of a business knowledge model without any: its function answers null. */
export interface NoLogic {
  kind: 'none'
}

export interface DecisionTable {
  kind: 'decisionTable'
  hitPolicy: HitPolicy
  aggregation?: Aggregation
  inputs: readonly InputClause[]
  outputs: readonly OutputClause[]
  rules: readonly Rule[]
}

export type HitPolicy = 'UNIQUE' | 'FIRST' | 'ANY' | 'PRIORITY' | 'RULE ORDER' | 'OUTPUT ORDER' | 'COLLECT'

export type Aggregation = 'SUM' | 'MIN' | 'MAX' | 'COUNT'

export interface InputClause {
  id: string
  label?: string
  expression: FeelExpression
}

/** `values`: those that it may have, the first of them with the highest priority. */
export interface OutputClause {
  id: string
  name?: string
  label?: string
  values: readonly string[]
  otherwise?: FeelExpression
}

/** `tests`: one an input; undefined where the cell is empty. */
export interface Rule {
  id: string
  tests: readonly (UnaryTests | undefined)[]
  outputs: readonly FeelExpression[]
}
