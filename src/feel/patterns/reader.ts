import { OverBudget } from '../budget.ts'
import type { CaseRule } from './characters.ts'
import { InvalidPattern } from './syntax.ts'

/** A place in a pattern, and what is known there. */
export class Reader {
  /** Of `d`, `i`, `m`, `s`, `u`, `U` and `x`. */
  flags: string
  groups = 0
  readonly names = new Map<string, number>()
  #depth = 0
  #at = 0
  readonly #text: readonly string[]

  constructor(pattern: string, flags: string) {
    this.#text = [...unquoted(pattern)]
    this.flags = flags
  }

  get isAtEnd(): boolean {
    return this.peek() === ''
  }

  get caseRule(): CaseRule {
    if (!this.has('i')) return 'exact'
    return this.has('u') ? 'unicode' : 'ascii'
  }

  has(flag: string): boolean {
    return this.flags.includes(flag)
  }

  /** The next character; at the end none. Where comments may be they are passed over. */
  peek(): string {
    if (this.has('x')) this.#skipComments()
    return this.#text[this.#at] ?? ''
  }

  take(): string {
    const character = this.peek()
    if (character === '') throw new InvalidPattern('it ends too early')
    this.#at++
    return character
  }

  /** Whether that comes next, which it then has passed. */
  passes(expected: string): boolean {
    this.peek()
    if (this.#text.slice(this.#at, this.#at + expected.length).join('') !== expected) return false
    this.#at += expected.length
    return true
  }

  /** What lies ahead, comments and all. */
  ahead(distance: number): string {
    return this.#text[this.#at + distance] ?? ''
  }

  /** As many characters as fit, `most` of them. */
  takeAll(expected: RegExp, most = Number.POSITIVE_INFINITY): string {
    const taken: string[] = []
    while (taken.length < most && expected.test(this.#text[this.#at] ?? '')) taken.push(this.#text[this.#at++]!)
    return taken.join('')
  }

  within<Result>(read: () => Result): Result {
    if (++this.#depth > deepest) throw new OverBudget(`it is nested more than ${deepest} levels deep`)
    const result = read()
    this.#depth--
    return result
  }

  #skipComments(): void {
    while (/^[ \t\n\v\f\r#]$/.test(this.#text[this.#at] ?? ''))
      if (this.#text[this.#at++] === '#')
        while (!/^[\n\r\u0085\u2028\u2029]?$/.test(this.#text[this.#at] ?? '')) this.#at++
  }
}

const deepest = 200

/** What stands between `\Q` and `\E` with a backslash before what would mean something. */
function unquoted(pattern: string): string {
  return pattern.replace(/\\Q([\s\S]*?)(?:\\E|$)|\\[\s\S]/g, (all, quoted?: string) =>
    quoted === undefined
      ? all
      : quoted.replace(/[\0-\x7f]/g, (character) => (/\w/.test(character) ? character : `\\${character}`)),
  )
}
