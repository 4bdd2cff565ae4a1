import type { EvaluateDecision, Response } from '../command.ts'
import { evaluateDecision as evaluate, latestDecision, noDecision } from '../decisions.ts'
import { Rejected, type Run } from '../run.ts'
import type { DecisionRow } from '../state/rows.ts'

/** Evaluates a decision outside of any process. That it fails is an answer, not a refusal. */
export function evaluateDecision(run: Run, command: EvaluateDecision): Response {
  const decision = decisionOf(run, command)
  if (typeof decision === 'string') throw new Rejected('INVALID_ARGUMENT', 'EVALUATE', decision)
  return { type: 'EvaluateDecision', ...evaluate(run, decision, command.variables) }
}

function decisionOf(run: Run, { decisionId, decisionKey }: EvaluateDecision): DecisionRow | string {
  if (decisionId !== '') return latestDecision(run, decisionId)
  if (decisionKey < 0) return 'Expected either a decision id or a valid decision key, but none provided'
  return run.state.decisions.get(decisionKey) ?? noDecision('key', decisionKey)
}
