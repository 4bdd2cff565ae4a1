import type { EvaluatedDecision } from '../dmn/evaluation.ts'
import type { Key } from './key.ts'
import type { DecisionRow, ElementInstance } from './state/rows.ts'

/** What came of evaluating a deployed decision. `output` is null where it failed. */
export interface DecisionEvaluation {
  decision: DecisionRow
  evaluated: readonly (EvaluatedDecision & { key: Key; version: number })[]
  output: unknown
  failure?: { message: string; decisionId: string }
  /** The business rule task that asked for it. */
  element?: ElementInstance
}
