import type { Problems } from './problems.ts'
import type { Siblings } from './siblings.ts'

/** What an element is compiled with: where its problems go, and the nodes beside it. */
export interface Compiling {
  readonly problems: Problems
  readonly siblings: Siblings
}
