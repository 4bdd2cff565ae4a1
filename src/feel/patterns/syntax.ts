import type { CaseRule, Characters } from './characters.ts'
import type { Position } from './positions.ts'

/** A pattern as it was read. */
export type Node =
  | { readonly is: 'character'; readonly characters: Characters }
  | { readonly is: 'position'; readonly holds: Position }
  /** What a reader takes for one character. */
  | { readonly is: 'cluster' }
  | { readonly is: 'sequence'; readonly nodes: readonly Node[] }
  | { readonly is: 'choice'; readonly options: readonly Node[] }
  | { readonly is: 'repeated'; readonly node: Node; readonly least: number; readonly most: number; readonly how: Greed }
  | { readonly is: 'group'; readonly node: Node; readonly group: number }
  | { readonly is: 'atomic'; readonly node: Node }
  | { readonly is: 'ahead'; readonly node: Node; readonly isNegated: boolean }
  | { readonly is: 'behind'; readonly node: Node; readonly isNegated: boolean }
  | { readonly is: 'reference'; readonly group: number; readonly rule: CaseRule }

/** Whether it takes as much as it can, as little as it can, or as much as it can and gives nothing back. */
export type Greed = 'greedy' | 'reluctant' | 'possessive'

export interface Syntax {
  readonly node: Node
  /** How many there are. */
  readonly groups: number
  readonly names: ReadonlyMap<string, number>
}

/** It is no pattern, or none that we know. */
export class InvalidPattern extends Error {}

/** Java takes it for a length where a character is repeated without end, and only there. */
const endless = 2 ** 31

/** The fewest and the most code points that it may take. */
export function lengthOf(node: Node): readonly [least: number, most: number] {
  switch (node.is) {
    case 'character':
      return [1, 1]
    case 'sequence':
      return node.nodes.map(lengthOf).reduce((a, b) => [a[0] + b[0], a[1] + b[1]], [0, 0])
    case 'choice': {
      const lengths = node.options.map(lengthOf)
      return lengths.reduce((a, b) => [Math.min(a[0], b[0]), Math.max(a[1], b[1])])
    }
    case 'repeated': {
      const [least, most] = lengthOf(node.node)
      if (isCharacter(node.node) && node.most === Number.POSITIVE_INFINITY) return [least * node.least, endless]
      return [least * node.least, most === 0 ? 0 : most * node.most]
    }
    case 'group':
    case 'atomic':
      return lengthOf(node.node)
    case 'cluster':
      return [1, Number.POSITIVE_INFINITY]
    case 'reference':
      return [0, Number.POSITIVE_INFINITY]
    case 'position':
    case 'ahead':
    case 'behind':
      return [0, 0]
  }
}

function isCharacter(node: Node): boolean {
  return node.is === 'character' || (node.is === 'group' && node.node.is === 'character')
}
