import type { CaseRule, Characters } from './characters.ts'
import type { Position } from './positions.ts'
import { lengthOf, type Node, type Syntax } from './syntax.ts'

/** What a match does, one after the other; places are indexes of the program. Registers hold positions of the text, and counts. */
export type Instruction =
  | { readonly does: 'take'; readonly characters: Characters }
  /** As many as there are, and gives them back one by one. */
  | { readonly does: 'takeAll'; readonly characters: Characters; readonly least: number; readonly most: number }
  | { readonly does: 'hold'; readonly holds: Position }
  | { readonly does: 'takeCluster' }
  /** Goes on, and at the other place where that fails. */
  | { readonly does: 'fork'; readonly other: number }
  | { readonly does: 'jump'; readonly to: number }
  /** Keeps where it is. */
  | { readonly does: 'mark'; readonly register: number }
  /** The group is from that mark to where it is. */
  | { readonly does: 'capture'; readonly group: number; readonly mark: number }
  /** The times of a repetition, counted in `counter`; the next register is where the last one began. */
  | { readonly does: 'begin'; readonly counter: number }
  | Again
  | { readonly does: 'enter'; readonly counter: number }
  | { readonly does: 'atomic'; readonly program: Program }
  | { readonly does: 'ahead'; readonly program: Program; readonly isNegated: boolean }
  | Behind
  | { readonly does: 'refer'; readonly group: number; readonly rule: CaseRule }
  | { readonly does: 'end' }

/** Enters what is repeated once more, which is next, or exits. */
export interface Again {
  readonly does: 'again'
  readonly counter: number
  readonly least: number
  readonly most: number
  readonly isReluctant: boolean
  readonly exit: number
}

/** Tries from all places that far back. */
export interface Behind {
  readonly does: 'behind'
  readonly program: Program
  readonly isNegated: boolean
  readonly least: number
  readonly most: number
}

export type Program = readonly Instruction[]

export interface Compiled {
  readonly program: Program
  readonly groups: number
  readonly registers: number
}

/** Group n lies in the registers 2n and 2n + 1. */
export function compile({ node, groups }: Syntax): Compiled {
  const registers = { groups, next: 2 * (groups + 1) }
  const program = programOf(node, registers)
  return { program, groups, registers: registers.next }
}

interface Registers {
  readonly groups: number
  next: number
}

function programOf(node: Node, registers: Registers): Program {
  const program: Instruction[] = []
  add(node, program, registers)
  program.push({ does: 'end' })
  return program
}

function add(node: Node, program: Instruction[], registers: Registers): void {
  switch (node.is) {
    case 'character':
      program.push({ does: 'take', characters: node.characters })
      return
    case 'position':
      program.push({ does: 'hold', holds: node.holds })
      return
    case 'cluster':
      program.push({ does: 'takeCluster' })
      return
    case 'sequence':
      for (const part of node.nodes) add(part, program, registers)
      return
    case 'choice':
      addChoice(node.options, program, registers)
      return
    case 'repeated':
      addRepeated(node, program, registers)
      return
    case 'group': {
      const mark = registers.next++
      program.push({ does: 'mark', register: mark })
      add(node.node, program, registers)
      program.push({ does: 'capture', group: node.group, mark })
      return
    }
    case 'atomic':
      program.push({ does: 'atomic', program: programOf(node.node, registers) })
      return
    case 'ahead':
      program.push({ does: 'ahead', program: programOf(node.node, registers), isNegated: node.isNegated })
      return
    case 'behind': {
      const [least, most] = lengthOf(node.node)
      program.push({ does: 'behind', program: programOf(node.node, registers), isNegated: node.isNegated, least, most })
      return
    }
    case 'reference':
      if (node.group <= registers.groups) program.push({ does: 'refer', group: node.group, rule: node.rule })
      else program.push({ does: 'hold', holds: () => false })
      return
    default:
      node satisfies never
  }
}

function addChoice(options: readonly Node[], program: Instruction[], registers: Registers): void {
  const exits: number[] = []
  for (const [at, option] of options.entries()) {
    if (at === options.length - 1) {
      add(option, program, registers)
      continue
    }
    const fork = reserve(program)
    add(option, program, registers)
    exits.push(reserve(program))
    program[fork] = { does: 'fork', other: program.length }
  }
  for (const exit of exits) program[exit] = { does: 'jump', to: program.length }
}

function addRepeated(repeated: Node & { is: 'repeated' }, program: Instruction[], registers: Registers): void {
  const { node, least, most, how } = repeated
  if (how === 'possessive') {
    add({ is: 'atomic', node: { ...repeated, how: 'greedy' } }, program, registers)
    return
  }
  if (node.is === 'character' && how === 'greedy') {
    program.push({ does: 'takeAll', characters: node.characters, least, most })
    return
  }
  const counter = registers.next
  registers.next += 2
  program.push({ does: 'begin', counter })
  const again = reserve(program)
  program.push({ does: 'enter', counter })
  add(node, program, registers)
  program.push({ does: 'jump', to: again })
  program[again] = { does: 'again', counter, least, most, isReluctant: how === 'reluctant', exit: program.length }
}

/** A place whose instruction is known later. */
function reserve(program: Instruction[]): number {
  return program.push({ does: 'end' }) - 1
}
