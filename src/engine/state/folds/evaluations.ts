import { type FoldsOf, nothing } from './fold.ts'

export const evaluations = {
  DECISION_EVALUATED: nothing,
  DECISION_EVALUATION_FAILED: nothing,
} satisfies Partial<FoldsOf>
