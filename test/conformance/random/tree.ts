import type { Chance } from './chance.ts'

/**
 * A block of a process, and the way that is taken through it. Blocks lie in each other; each has one way in and one way out. As data, so
 * that it can be printed, and made smaller where it shows a difference.
 */
export interface Tree {
  readonly kind: Kind
  readonly children: readonly Tree[]
  /** Which of the children is gone through, where it is one (or, of an inclusive gateway, those up to it). */
  readonly chosen: number
  /** Whether its event happens. */
  readonly happens: boolean
  /** Of its event: it ends its host. Of a loop: one after the other. */
  readonly strict: boolean
}

export type Kind = keyof typeof shapes

/** How many children a block has, at least and at most, and whether it may lie in a loop, where it is gone through several times. */
export const shapes = {
  task: { least: 0, most: 0, loops: true },
  userTask: { least: 0, most: 0, loops: true },
  pass: { least: 0, most: 0, loops: true },
  link: { least: 0, most: 0, loops: true },
  script: { least: 0, most: 0, loops: true },
  sequence: { least: 2, most: 3, loops: true },
  exclusive: { least: 2, most: 3, loops: true },
  parallel: { least: 2, most: 3, loops: true },
  inclusive: { least: 2, most: 3, loops: true },
  subProcess: { least: 1, most: 1, loops: true },
  loop: { least: 1, most: 1, loops: true },
  call: { least: 1, most: 1, loops: true },
  messageCatch: { least: 0, most: 0, loops: false },
  receiveTask: { least: 0, most: 0, loops: false },
  timerCatch: { least: 0, most: 0, loops: false },
  signalCatch: { least: 0, most: 0, loops: false },
  compensation: { least: 0, most: 0, loops: false },
  eventBased: { least: 2, most: 2, loops: false },
  errorBoundary: { least: 1, most: 1, loops: false },
  timerBoundary: { least: 1, most: 1, loops: false },
  messageBoundary: { least: 1, most: 1, loops: false },
  escalationBoundary: { least: 1, most: 1, loops: false },
  messageEventSubProcess: { least: 1, most: 1, loops: false },
} as const

const kinds = Object.keys(shapes) as Kind[]

/** A random block; `depth`: how many may lie in each other. */
export function grow(chance: Chance, depth: number, inLoop = false): Tree {
  const fits = kinds.filter((kind) => (depth > 0 || shapes[kind].most === 0) && (!inLoop || shapes[kind].loops))
  const kind = chance.one(fits)
  const { least, most } = shapes[kind]
  const count = least + chance.below(most - least + 1)
  const children = Array.from({ length: count }, () => grow(chance, depth - 1, inLoop || kind === 'loop'))
  return { kind, children, chosen: count === 0 ? 0 : chance.below(count), happens: chance.is(), strict: chance.is() }
}

/** Smaller trees of the same kind: one of its blocks replaced by one that lies in it, or by a task, or left out. */
export function* smaller(tree: Tree): IterableIterator<Tree> {
  yield* tree.children
  if (tree.children.length > 0) yield { ...tree, kind: 'task', children: [] }
  const { least } = shapes[tree.kind]
  for (const [index, child] of tree.children.entries()) {
    if (tree.children.length > least) {
      const children = tree.children.filter((_, other) => other !== index)
      yield { ...tree, children, chosen: Math.min(tree.chosen, children.length - 1) }
    }
    for (const less of smaller(child)) yield { ...tree, children: tree.children.with(index, less) }
  }
}

/** `sequence(task, exclusive*1(pass, task))`. */
export function textOf({ kind, children, chosen, happens, strict }: Tree): string {
  const marks = `${happens ? '!' : ''}${strict ? '=' : ''}${children.length > 1 ? `*${chosen}` : ''}`
  return `${kind}${marks}${children.length === 0 ? '' : `(${children.map(textOf).join(', ')})`}`
}
