import type { Budget } from '../budget.ts'
import { type CaseRule, isSame } from './characters.ts'
import { clusterAt } from './clusters.ts'
import type { Again, Behind, Compiled, Program } from './program.ts'

/**
 * Matches by going forward, and back to the last place at which there was another way. Each thing that it does is a step of the budget's,
 * so that what would go back and back for ever ends, after the same steps on each machine.
 */
export class Matcher {
  readonly #compiled: Compiled
  readonly #input: string
  readonly #budget: Budget
  /** Positions and counts; -1 is none. */
  #registers: number[]
  /** Three numbers each: a way that is left (place, lowest position or -1, position), or what a register was (-1 - register, 0, value). */
  readonly #left: number[] = []
  #steps = 0

  constructor(compiled: Compiled, input: string, budget: Budget) {
    this.#compiled = compiled
    this.#input = input
    this.#budget = budget
    this.#registers = new Array(compiled.registers).fill(-1)
  }

  /** Where the match before ended. */
  #last = 0

  /** The first one from there on: begin and end of the match and of its groups, in turn. `last`: where the one before ended. Throws OverBudget. */
  find(from: number, last = from): readonly number[] | undefined {
    this.#last = last
    const { program, groups, registers } = this.#compiled
    this.#registers = new Array(registers).fill(-1)
    this.#left.length = 0
    let [at, end] = [from, this.#run(program, from)]
    while (end === undefined && at < this.#input.length) {
      at = this.#nextStart(at)
      end = this.#run(program, at)
    }
    this.#pay()
    return end === undefined ? undefined : [at, end, ...this.#registers.slice(2, 2 * groups + 2)]
  }

  /** What begins with as many characters as there are has been tried from all of them: each was a place to go back to. */
  #nextStart(from: number): number {
    const first = this.#compiled.program[0]!
    let at = from
    if (first.does === 'takeAll' && first.most === Number.POSITIVE_INFINITY)
      while (at < this.#input.length && first.characters.has(this.#input.codePointAt(at)!)) {
        this.#step(first.characters.cost)
        at += sizeAt(this.#input, at)
      }
    return Math.min(at + sizeAt(this.#input, at), this.#input.length)
  }

  /** Where it ends, the first way that is found. `mustEnd`: ways that end elsewhere count for none. */
  #run(program: Program, start: number, mustEnd?: number): number | undefined {
    const base = this.#left.length
    let [place, at] = [0, start]
    for (;;) {
      this.#step(1)
      const next = this.#follow(program, place, at, mustEnd)
      if (next === done) return at
      if (next !== failed) {
        place = next
        at = this.#at
        continue
      }
      const back = this.#goBack(base)
      if (back === undefined) return undefined
      place = back
      at = this.#at
    }
  }

  /** Where the last instruction ended. */
  #at = 0

  /** Gives the next place, and leaves the position in `#at`. */
  #follow(program: Program, place: number, at: number, mustEnd: number | undefined): number {
    const instruction = program[place]!
    this.#at = at
    switch (instruction.does) {
      case 'take': {
        this.#step(instruction.characters.cost)
        const codePoint = this.#input.codePointAt(at)
        if (codePoint === undefined || !instruction.characters.has(codePoint)) return failed
        this.#at = at + (codePoint > 0xffff ? 2 : 1)
        return place + 1
      }
      case 'takeAll':
        return this.#takeAll(instruction, place, at)
      case 'hold':
        return instruction.holds(this.#input, at, this.#last) ? place + 1 : failed
      case 'takeCluster': {
        const size = clusterAt(this.#input, at)
        this.#step(costOfCluster + size)
        this.#at = at + size
        return size > 0 ? place + 1 : failed
      }
      case 'fork':
        this.#leave(instruction.other, -1, at)
        return place + 1
      case 'jump':
        return instruction.to
      case 'mark':
        this.#set(instruction.register, at)
        return place + 1
      case 'capture':
        this.#set(2 * instruction.group, this.#registers[instruction.mark]!)
        this.#set(2 * instruction.group + 1, at)
        return place + 1
      case 'begin':
        this.#set(instruction.counter, 0)
        this.#set(instruction.counter + 1, -1)
        return place + 1
      case 'again':
        return this.#again(instruction, place, at)
      case 'enter':
        this.#set(instruction.counter, this.#registers[instruction.counter]! + 1)
        this.#set(instruction.counter + 1, at)
        return place + 1
      case 'atomic':
        return this.#within(instruction.program, at, false) ? place + 1 : failed
      case 'ahead': {
        const isThere = this.#within(instruction.program, at, instruction.isNegated)
        this.#at = at
        return isThere !== instruction.isNegated ? place + 1 : failed
      }
      case 'behind': {
        const isThere = this.#isBehind(instruction, at)
        this.#at = at
        return isThere !== instruction.isNegated ? place + 1 : failed
      }
      case 'refer':
        return this.#repeats(instruction.group, at, instruction.rule) ? place + 1 : failed
      case 'end':
        return mustEnd === undefined || at === mustEnd ? done : failed
      default:
        return instruction satisfies never
    }
  }

  #takeAll({ characters, least, most }: Program[number] & { does: 'takeAll' }, place: number, start: number): number {
    let [at, count, lowest] = [start, 0, start]
    while (count < most) {
      this.#step(characters.cost)
      const codePoint = this.#input.codePointAt(at)
      if (codePoint === undefined || !characters.has(codePoint)) break
      at += codePoint > 0xffff ? 2 : 1
      if (++count === least) lowest = at
    }
    if (count < least) return failed
    if (at > lowest) this.#leave(place + 1, lowest, at)
    this.#at = at
    return place + 1
  }

  /** A turn that took nothing is the last. */
  #again({ counter, least, most, isReluctant, exit }: Again, place: number, at: number): number {
    const count = this.#registers[counter]!
    if (at === this.#registers[counter + 1]) return exit
    if (count < least) return place + 1
    if (count >= most) return exit
    this.#leave(isReluctant ? place + 1 : exit, -1, at)
    return isReluctant ? exit : place + 1
  }

  /** Of the ways within none is left afterwards. `isUndone`: nor what its groups took. */
  #within(program: Program, at: number, isUndone: boolean, mustEnd?: number): boolean {
    const base = this.#left.length
    const end = this.#run(program, at, mustEnd)
    if (end === undefined) return false
    if (isUndone) while (this.#left.length > base) this.#undo()
    else this.#forgetWays(base)
    this.#at = end
    return true
  }

  #isBehind({ program, least, most, isNegated }: Behind, end: number): boolean {
    let start = end
    for (let length = 0; length <= most; length++) {
      this.#step(1)
      if (length >= least && this.#within(program, start, isNegated, end)) return true
      if (start === 0) return false
      start = this.#before(start)
    }
    return false
  }

  #repeats(group: number, at: number, rule: CaseRule): boolean {
    const [start = -1, end = -1] = this.#registers.slice(2 * group, 2 * group + 2)
    if (start < 0 || end < 0) return false
    const length = end - start
    this.#step(length)
    for (let offset = 0; offset < length; offset++) {
      const [expected, found] = [this.#input.codePointAt(start + offset)!, this.#input.codePointAt(at + offset)]
      if (found === undefined || !isSame(expected, found, rule)) return false
    }
    this.#at = at + length
    return true
  }

  #leave(place: number, lowest: number, at: number): void {
    this.#step(costOfWay)
    this.#left.push(place, lowest, at)
  }

  #set(register: number, value: number): void {
    this.#step(costOfWay)
    this.#left.push(-1 - register, 0, this.#registers[register]!)
    this.#registers[register] = value
  }

  /** To the last way that is left; its place, and the position in `#at`. */
  #goBack(base: number): number | undefined {
    const left = this.#left
    while (left.length > base) {
      const top = left.length - 3
      const [place, lowest] = [left[top]!, left[top + 1]!]
      if (place < 0) {
        this.#undo()
        continue
      }
      this.#at = lowest < 0 ? left[top + 2]! : this.#before(left[top + 2]!)
      if (this.#at > lowest && lowest >= 0) left[top + 2] = this.#at
      else left.length = top
      return place
    }
    return undefined
  }

  #undo(): void {
    const value = this.#left.pop()!
    this.#left.pop()
    const place = this.#left.pop()!
    if (place < 0) this.#registers[-1 - place] = value
  }

  /** What registers were stays to be known. */
  #forgetWays(base: number): void {
    const left = this.#left
    let end = base
    for (let at = base; at < left.length; at += 3) {
      if (left[at]! >= 0) continue
      left.copyWithin(end, at, at + 3)
      end += 3
    }
    left.length = end
  }

  #before(at: number): number {
    const isPair = isHalf(this.#input, at - 1, 0xdc00) && isHalf(this.#input, at - 2, 0xd800)
    return isPair ? at - 2 : at - 1
  }

  #step(steps: number): void {
    this.#steps += steps
    if (this.#steps >= paidAtOnce) this.#pay()
  }

  #pay(): void {
    this.#budget.spend(this.#steps / stepsOfFeel)
    this.#steps = 0
  }
}

export function sizeAt(input: string, at: number): number {
  return (input.codePointAt(at) ?? 0) > 0xffff ? 2 : 1
}

function isHalf(input: string, at: number, first: number): boolean {
  const unit = input.charCodeAt(at)
  return unit >= first && unit < first + 0x400
}

const done = -1
const failed = -2

/** Finding out where one ends. */
const costOfCluster = 16

/** A way that is left takes memory as well. */
const costOfWay = 8

/** So many are about one of the budget's. */
const stepsOfFeel = 8

const paidAtOnce = 8_000
