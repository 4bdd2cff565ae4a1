import { isNamePart, isNameStart, isSpace } from './characters.ts'

/** Where in the expression, and what is not understood there. */
export class FeelSyntaxError extends Error {}

/** The most characters: a model's largest expressions have a tenth of them. */
const mostCharacters = 100_000

/** Parentheses, lists, calls and the like in each other. */
export const deepest = 200

const reserved = new Set([
  'null',
  'true',
  'false',
  'function',
  'in',
  'return',
  'then',
  'else',
  'satisfies',
  'and',
  'or',
])

const longestName = 10_000
const longestReserved = 'satisfies'.length

/** The text of an expression, and how far it was read: tokens, names and what stands between them. */
export class Reader {
  readonly source: string
  at = 0
  /** How many that are in each other are open. */
  depth = 0
  #tries = 0

  /** Throws FeelSyntaxError. */
  constructor(source: string) {
    if (source.length > mostCharacters) throw tooLong(source)
    this.source = source
    this.skip()
  }

  get isAtEnd(): boolean {
    return this.at >= this.source.length
  }

  /** The next one; empty at the end. */
  get character(): string {
    return this.source[this.at] ?? ''
  }

  key(): string {
    if (this.isNext('"')) return this.quoted()
    if (this.isNext('`')) return this.name()
    const [key] = /^[^"{}:,[\]`]*/.exec(this.source.slice(this.at, this.at + longestName))!
    const end = [...key].findLastIndex((character) => !isSpace(character)) + 1
    const trimmed = [...key].slice(0, end).join('')
    if (trimmed === '') throw this.unexpected()
    this.at += trimmed.length
    this.skip()
    return trimmed
  }

  /** Of a function: its name may have spaces. */
  parameter(): string {
    const words = this.words()
    if (words.count < 2) return this.name()
    this.at = words.end
    this.skip()
    return words.text
  }

  called(name: string | undefined): string | undefined {
    if (name === undefined) return undefined
    const start = this.at
    this.at += name.length
    this.skip()
    if (this.isNext('(')) return name
    this.at = start
    return undefined
  }

  /** Words with spaces between them, up to the first that is reserved. */
  words(): { count: number; text: string; end: number } {
    let [end, next, count] = [this.at, this.at, 0]
    for (let length = this.#wordLength(next); length > 0; length = this.#wordLength(next)) {
      end = next + length
      count++
      next = end
      while (this.source[next] === ' ') next++
      if (next === end) break
    }
    return { count, text: this.source.slice(this.at, end), end }
  }

  /** Of the name at a place; 0 where there is none, or a reserved word. */
  #wordLength(at: number): number {
    if (!isNameStart(this.source[at] ?? '')) return 0
    let end = at + 1
    while (end < this.source.length && isNamePart(this.source[end]!)) end++
    if (end - at > longestName) throw this.unexpected()
    return end - at <= longestReserved && reserved.has(this.source.slice(at, end)) ? 0 : end - at
  }

  isName(): boolean {
    return this.isNext('`') || this.#wordLength(this.at) > 0
  }

  propertyName(): string {
    if (!this.source.startsWith('time offset', this.at)) return this.name()
    this.at += 'time offset'.length
    this.skip()
    return 'time offset'
  }

  name(): string {
    if (this.take('`', false)) return this.#until('`')
    const length = this.#wordLength(this.at)
    if (length === 0) throw this.unexpected()
    const name = this.source.slice(this.at, this.at + length)
    this.at += length
    this.skip()
    return name
  }

  #until(end: string): string {
    const stop = this.source.indexOf(end, this.at)
    if (stop <= this.at) throw this.unexpected()
    const text = this.source.slice(this.at, stop)
    this.at = stop + 1
    this.skip()
    return text
  }

  /** What stands between double quotes, as it is written. */
  quoted(): string {
    const start = this.at + 1
    let end = start
    while (end < this.source.length && this.source[end] !== '"') end += this.source[end] === '\\' ? 2 : 1
    if (end >= this.source.length) {
      this.at = this.source.length
      throw this.unexpected()
    }
    this.at = end + 1
    this.skip()
    return this.source.slice(start, end)
  }

  isKeyword(word: string): boolean {
    return this.source.startsWith(word, this.at) && !isNamePart(this.source[this.at + word.length] ?? '')
  }

  word(word: string): void {
    if (!this.isKeyword(word)) throw this.unexpected()
    this.at += word.length
    this.skip()
  }

  isNext(token: string): boolean {
    return this.source.startsWith(token, this.at)
  }

  take(token: string, skip = true): boolean {
    if (!this.source.startsWith(token, this.at)) return false
    this.at += token.length
    if (skip) this.skip()
    return true
  }

  expect(token: string): void {
    if (!this.take(token)) throw this.unexpected()
  }

  /** Over spaces and comments. */
  skip(): void {
    while (this.at < this.source.length) {
      if (isSpace(this.source[this.at]!)) this.at++
      else if (this.isNext('//')) this.at = after(this.source.indexOf('\n', this.at), 1, this.source.length)
      else if (this.isNext('/*')) this.#skipComment()
      else return
    }
  }

  #skipComment(): void {
    const end = this.source.indexOf('*/', this.at + 2)
    if (end < 0) throw this.unexpected()
    this.at = end + 2
  }

  nested<Result>(read: () => Result): Result {
    if (++this.depth > deepest) throw this.tooDeep()
    // what may be a range or something else is read twice, and what is in it four times
    if (++this.#tries > this.source.length * 4 + 100) throw this.tooDeep()
    const result = read()
    this.depth--
    return result
  }

  tooDeep(): FeelSyntaxError {
    return new FeelSyntaxError(
      `failed to parse expression '${shortened(this.source)}': it is nested more than ${deepest} levels deep`,
    )
  }

  unexpected(): FeelSyntaxError {
    const found = this.at >= this.source.length ? 'end of input' : `"${this.source.slice(this.at, this.at + 10)}"`
    return new FeelSyntaxError(`failed to parse expression '${this.source}': unexpected ${found} at 1:${this.at + 1}`)
  }
}

function after(found: number, length: number, end: number): number {
  return found < 0 ? end : found + length
}

function tooLong(source: string): FeelSyntaxError {
  const what = `it has ${source.length} characters, and ${mostCharacters} are the most: put the values into a variable`
  return new FeelSyntaxError(`failed to parse expression '${shortened(source)}': ${what}`)
}

function shortened(source: string): string {
  return source.length <= 40 ? source : `${source.slice(0, 40)}…`
}
