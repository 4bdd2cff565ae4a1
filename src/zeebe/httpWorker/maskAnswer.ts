import type { Outcome } from '../job.ts'
import { parseExactly } from './exactJson.ts'
import type { Mask } from './mask.ts'
import type { Answer } from './plan.ts'

/** The text is masked as the JSON that it is, since a secret may be escaped in it letter by letter. */
export function maskedAnswer(answer: Answer, mask: Mask): Answer {
  return {
    ...answer,
    reason: mask.text(answer.reason),
    headers: mask.value(answer.headers),
    text: maskedText(answer.text, mask),
  }
}

function maskedText(text: string, mask: Mask): string {
  try {
    const value = parseExactly(text)
    const after = JSON.stringify(mask.value(value))
    return mask.text(JSON.stringify(value) === after ? text : after)
  } catch {
    return mask.text(text)
  }
}

export function maskedOutcome(outcome: Outcome, mask: Mask): Outcome {
  if (outcome.type === 'leave') return outcome
  const variables = outcome.variables === undefined ? {} : { variables: mask.value(outcome.variables) }
  return outcome.type === 'complete'
    ? { ...outcome, ...variables }
    : { ...outcome, message: mask.text(outcome.message), ...variables }
}
