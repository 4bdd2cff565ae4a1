import { isDigit, isNamePart, isNameStart, isSpace } from './characters.ts'
import { parseDecimal } from './decimal.ts'
import type { Arguments, ArithmeticOperator, ComparisonOperator, Iterator, Syntax } from './syntax.ts'
import { parseDate, parseDateTime, parseDuration, parseDurationLiteral } from './temporalText.ts'

/** Where in the expression, and what is not understood there. */
export class FeelSyntaxError extends Error {}

/** Reads FEEL as Camunda's engine has it (DMN 1.3, §10.3.1.2, with names in backticks). Throws FeelSyntaxError. */
export function parse(source: string): Syntax {
  const parser = new Parser(source)
  return parser.all(() => parser.expression())
}

/** Reads the cell of a decision table. Throws FeelSyntaxError. */
export function parseTests(source: string): Syntax {
  const parser = new Parser(source)
  return parser.all(() => parser.unaryTests())
}

/** The most characters: a model's largest expressions have a tenth of them. */
const mostCharacters = 100_000

/** Parentheses, lists, calls and the like in each other. */
const deepest = 200

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

/** Functions whose names have a reserved word. */
const reservedFunctions = ['and', 'or', 'date and time', 'years and months duration', 'get or else']

const typeNames = ['years and months duration', 'days and time duration', 'date and time', 'function']

class Parser {
  readonly #source: string
  #at = 0
  #depth = 0
  #tries = 0

  constructor(source: string) {
    this.#source = source
  }

  all(read: () => Syntax): Syntax {
    if (this.#source.length > mostCharacters) throw tooLong(this.#source)
    this.#skip()
    const syntax = read()
    if (this.#at < this.#source.length) throw this.#unexpected()
    return syntax
  }

  expression(): Syntax {
    return this.#nested(() => {
      if (this.#isKeyword('if') && !this.#isFollowedByOperator('if')) return this.#if()
      if (this.#isIteration('for')) return this.#for()
      if (this.#isIteration('some')) return this.#quantified('some')
      if (this.#isIteration('every')) return this.#quantified('every')
      return this.#logical('or', () => this.#logical('and', () => this.#comparison()))
    })
  }

  unaryTests(): Syntax {
    const start = this.#at
    if (this.#take('-') && this.#at === this.#source.length) return { kind: 'literal', value: true }
    this.#at = start
    return this.#noneOf() ?? this.#positiveTests()
  }

  /** `not(1, 2)`. What looks like it may be a call of the function of that name. */
  #noneOf(): Syntax | undefined {
    const start = this.#at
    if (!this.#isKeyword('not')) return undefined
    this.#word('not')
    try {
      if (this.#take('(')) {
        const tests = this.#positiveTests()
        if (this.#take(')')) return { kind: 'none of', tests }
      }
    } catch (error) {
      if (!(error instanceof FeelSyntaxError)) throw error
      this.#depth = 0
    }
    this.#at = start
    return undefined
  }

  #if(): Syntax {
    this.#word('if')
    const condition = this.expression()
    this.#word('then')
    const then = this.expression()
    this.#word('else')
    return { kind: 'if', condition, then, otherwise: this.expression() }
  }

  #for(): Syntax {
    this.#word('for')
    const iterators = this.#iterators()
    this.#word('return')
    return { kind: 'for', iterators, result: this.expression() }
  }

  #quantified(kind: 'some' | 'every'): Syntax {
    this.#word(kind)
    const iterators = this.#iterators()
    this.#word('satisfies')
    return { kind, iterators, condition: this.expression() }
  }

  #iterators(): Iterator[] {
    const iterators: Iterator[] = []
    do {
      const name = this.#name()
      this.#word('in')
      iterators.push({ name, list: this.#iterated() })
    } while (this.#take(','))
    return iterators
  }

  /** `1..n`, or a value. */
  #iterated(): Syntax {
    const start = this.#additive()
    if (!this.#take('..')) return start
    return { kind: 'iteration', start, end: this.#additive() }
  }

  #logical(kind: 'and' | 'or', read: () => Syntax): Syntax {
    const operands = [read()]
    while (this.#isKeyword(kind)) {
      this.#word(kind)
      operands.push(read())
    }
    return operands.length === 1 ? operands[0]! : { kind, operands }
  }

  #comparison(): Syntax {
    const test = this.#simpleTest()
    if (test !== undefined) return test
    const left = this.#additive()
    if (left.kind === 'range') return { kind: 'input in range', range: left }
    const operator = this.#comparisonOperator(true)
    if (operator !== undefined) return { kind: 'comparison', operator, left, right: this.#operand() }
    if (this.#isKeyword('between')) return this.#between(left)
    if (this.#isKeyword('instance')) return this.#instanceOf(left)
    return this.#isKeyword('in') ? this.#in(left) : left
  }

  #between(of: Syntax): Syntax {
    this.#word('between')
    const low = this.#operand()
    this.#word('and')
    return { kind: 'between', of, low, high: this.#operand() }
  }

  #instanceOf(of: Syntax): Syntax {
    this.#word('instance')
    this.#word('of')
    const special = typeNames.find((name) => this.#source.startsWith(name, this.#at))
    if (special !== undefined) {
      this.#at += special.length
      this.#skip()
      return { kind: 'instance of', of, type: special }
    }
    const names = [this.#name()]
    while (this.#take('.')) names.push(this.#name())
    return { kind: 'instance of', of, type: names.join('.') }
  }

  /** `in (test, test)`, or `in` and one test. */
  #in(of: Syntax): Syntax {
    this.#word('in')
    if (!this.#isNext('(')) return { kind: 'in', of, tests: this.#positiveTest() }
    const start = this.#at
    this.#take('(')
    const tests = this.#positiveTests()
    if (this.#take(')')) return { kind: 'in', of, tests }
    // `(1..3)` is one test
    this.#at = start
    return { kind: 'in', of, tests: this.#positiveTest() }
  }

  #positiveTests(): Syntax {
    return this.#nested(() => {
      const tests = [this.#positiveTest()]
      while (this.#take(',')) tests.push(this.#positiveTest())
      return tests.length === 1 ? tests[0]! : { kind: 'one of', tests }
    })
  }

  #positiveTest(): Syntax {
    const simple = this.#simpleTest() ?? this.#rangeTest()
    if (simple !== undefined) return simple
    const test = this.expression()
    const isLast = this.#at === this.#source.length
    if (isLast && test.kind === 'literal' && typeof test.value === 'boolean')
      return { kind: 'input compares', operator: '=', to: test }
    return { kind: 'input test', test }
  }

  #rangeTest(): Syntax | undefined {
    const [start, open] = [this.#at, this.#source[this.#at] ?? '']
    if (open !== '(' && open !== '[' && open !== ']') return undefined
    const range = this.#bracketed(open)
    if (range.kind === 'range') return { kind: 'input in range', range }
    this.#at = start
    return undefined
  }

  /** `< 5`: of the input. */
  #simpleTest(): Syntax | undefined {
    const operator = this.#comparisonOperator(false)
    return operator && { kind: 'input compares', operator, to: this.#operand() }
  }

  #comparisonOperator(equality: boolean): ComparisonOperator | undefined {
    for (const operator of ['<=', '>=', '<', '>'] as const) if (this.#take(operator)) return operator
    if (!equality) return undefined
    for (const operator of ['!=', '='] as const) if (this.#take(operator)) return operator
    return undefined
  }

  /** What stands beside an operator: no range. */
  #operand(): Syntax {
    const start = this.#at
    const operand = this.#additive()
    if (operand.kind !== 'range') return operand
    this.#at = start
    throw this.#unexpected()
  }

  #additive(): Syntax {
    return this.#chain(['+', '-'], () => this.#chain(['*', '/'], () => this.#chain(['**'], () => this.#negation())))
  }

  #chain(operators: readonly ArithmeticOperator[], read: () => Syntax): Syntax {
    const first = read()
    if (first.kind === 'range') return first
    const rest: { operator: ArithmeticOperator; operand: Syntax }[] = []
    for (let operator = this.#arithmetic(operators); operator !== undefined; operator = this.#arithmetic(operators)) {
      const start = this.#at
      const operand = read()
      if (operand.kind === 'range') {
        this.#at = start
        throw this.#unexpected()
      }
      rest.push({ operator, operand })
    }
    return rest.length === 0 ? first : { kind: 'arithmetic', first, rest }
  }

  #arithmetic(operators: readonly ArithmeticOperator[]): ArithmeticOperator | undefined {
    return operators.find((operator) => !(operator === '*' && this.#isNext('**')) && this.#take(operator))
  }

  #negation(): Syntax {
    if (!this.#take('-')) return this.#value()
    const of = this.#value()
    if (of.kind === 'range') throw this.#unexpected()
    return { kind: 'negation', of }
  }

  /** A value, and what is taken of it: `.name`, `[filter]`. */
  #value(): Syntax {
    let value = this.#primary()
    if (value.kind === 'range') return value
    const outer = this.#depth
    while (true) {
      if (!this.#isNext('..') && this.#take('.')) value = { kind: 'path', of: value, name: this.#propertyName() }
      else if (this.#isFilter()) {
        this.#expect('[')
        value = { kind: 'filter', list: value, filter: this.expression() }
        this.#expect(']')
      } else break
      if (++this.#depth > deepest) throw this.#tooDeep()
    }
    this.#depth = outer
    return value
  }

  /** Not the open end of a range, such as `]1..5[`. */
  #isFilter(): boolean {
    const start = this.#at
    if (!this.#take('[')) return false
    const isEnd = this.#at === this.#source.length || ',)]}'.includes(this.#source[this.#at]!)
    const isFilter = !isEnd && !this.#isKeyword('and') && !this.#isKeyword('or')
    this.#at = start
    return isFilter
  }

  #primary(): Syntax {
    const character = this.#source[this.#at] ?? ''
    if (character === '"') return { kind: 'literal', value: unescaped(this.#quoted()) }
    if (character === '?') return this.#input()
    if (character === '(' || character === '[' || character === ']') return this.#bracketed(character)
    if (character === '{') return this.#context()
    if (character === '@') return this.#temporal()
    if (isDigit(character) || (/[-.]/.test(character) && /^-?\.?\d/.test(this.#source.slice(this.#at, this.#at + 3))))
      return this.#number()
    if (character === '`' || isNameStart(character)) return this.#named()
    throw this.#unexpected()
  }

  #input(): Syntax {
    this.#expect('?')
    return { kind: 'input' }
  }

  #number(): Syntax {
    const [digits] = /^-?(\d+(\.\d+)?|\.\d+)/.exec(this.#source.slice(this.#at))!
    const value = parseDecimal(digits)
    if (value === undefined) throw this.#unexpected()
    this.#at += digits.length
    this.#skip()
    return { kind: 'literal', value }
  }

  /** `(a)`, `[a, b]`, or a range: which, its inside tells. */
  #bracketed(open: '(' | '[' | ']'): Syntax {
    this.#expect(open)
    const items: Syntax[] = []
    if (open === '[' && this.#take(']')) return { kind: 'list', items }
    const first = this.expression()
    if (this.#take('..')) return this.#range(open === '[', first)
    if (open === ']') throw this.#unexpected()
    if (open === '(') {
      this.#expect(')')
      return first
    }
    items.push(first)
    while (this.#take(',')) items.push(this.expression())
    this.#expect(']')
    return { kind: 'list', items }
  }

  #range(startIsClosed: boolean, start: Syntax): Syntax {
    const end = this.#operand()
    const endIsClosed = this.#take(']')
    if (!endIsClosed && !this.#take(')')) this.#expect('[')
    return { kind: 'range', start, startIsClosed, end, endIsClosed }
  }

  #context(): Syntax {
    this.#expect('{')
    const entries: { key: string; value: Syntax }[] = []
    if (this.#take('}')) return { kind: 'context', entries }
    do {
      const key = this.#key()
      this.#expect(':')
      entries.push({ key, value: this.expression() })
    } while (this.#take(','))
    this.#expect('}')
    return { kind: 'context', entries }
  }

  #key(): string {
    if (this.#isNext('"')) return this.#quoted()
    if (this.#isNext('`')) return this.#name()
    const [key] = /^[^"{}:,[\]`]*/.exec(this.#source.slice(this.#at, this.#at + longestName))!
    const end = [...key].findLastIndex((character) => !isSpace(character)) + 1
    const trimmed = [...key].slice(0, end).join('')
    if (trimmed === '') throw this.#unexpected()
    this.#at += trimmed.length
    this.#skip()
    return trimmed
  }

  #temporal(): Syntax {
    this.#expect('@')
    if (!this.#isNext('"')) throw this.#unexpected()
    const text = this.#quoted()
    const value = parseDate(text) ?? parseDateTime(text) ?? parseDuration(text)
    return value === undefined ? { kind: 'temporal', text, of: '@' } : { kind: 'literal', value }
  }

  /** What begins with a name: a literal, a call, a function, a variable. */
  #named(): Syntax {
    const words = this.#calledWords()
    if (words !== undefined) return this.#call(words)
    const keyword = ['null', 'true', 'false', 'function'].find((word) => this.#isKeyword(word))
    if (keyword === 'function') return this.#function()
    if (keyword !== undefined) {
      this.#word(keyword)
      return { kind: 'literal', value: keyword === 'null' ? null : keyword === 'true' }
    }
    return this.#qualified()
  }

  /** `a.b.c`, or a call of the function that it names. */
  #qualified(): Syntax {
    const names = [this.#propertyName()]
    while (!this.#isNext('..') && this.#take('.')) names.push(this.#propertyName())
    if (names.length > deepest) throw this.#tooDeep()
    if (!this.#isNext('(')) return pathOf(names)
    const name = names.pop()!
    return names.length === 0 ? this.#call(name) : { ...this.#invocation(name), context: pathOf(names) }
  }

  #call(name: string): Syntax {
    const start = this.#at
    this.#expect('(')
    if (temporalLiterals.has(name) && this.#isNext('"')) {
      const text = this.#quoted()
      if (this.#take(')')) return temporalLiteral(name, text)
    }
    this.#at = start
    return this.#invocation(name)
  }

  #invocation(name: string): Extract<Syntax, { kind: 'call' }> {
    this.#expect('(')
    if (this.#take(')')) return { kind: 'call', name, arguments: { named: false, values: [] } }
    const values = this.#isNamedArgument() ? this.#namedArguments() : this.#arguments()
    this.#expect(')')
    return { kind: 'call', name, arguments: values }
  }

  #arguments(): Arguments {
    const values = [this.#argument()]
    while (this.#take(',')) values.push(this.#argument())
    return { named: false, values }
  }

  #namedArguments(): Arguments {
    const values = new Map<string, Syntax>()
    do {
      const name = this.#parameter()
      this.#expect(':')
      values.set(name, this.#argument())
    } while (this.#take(','))
    return { named: true, values }
  }

  #argument(): Syntax {
    const value = this.expression()
    return value.kind === 'input in range' ? value.range : value
  }

  #isNamedArgument(): boolean {
    const start = this.#at
    if (!this.#isName()) return false
    this.#parameter()
    const isNamed = this.#isNext(':')
    this.#at = start
    return isNamed
  }

  #function(): Syntax {
    this.#word('function')
    this.#expect('(')
    const parameters: string[] = []
    if (!this.#take(')')) {
      do parameters.push(this.#parameter())
      while (this.#take(','))
      this.#expect(')')
    }
    if (this.#isKeyword('external')) throw new FeelSyntaxError(externalFunction(this.#source))
    return { kind: 'function', parameters, body: this.expression() }
  }

  /** Of a function: its name may have spaces. */
  #parameter(): string {
    const words = this.#words()
    if (words.count < 2) return this.#name()
    this.#at = words.end
    this.#skip()
    return words.text
  }

  /** The name of a function that is called, where it has several words. */
  #calledWords(): string | undefined {
    const { count, text } = this.#words()
    return (
      this.#called(count > 1 ? text : undefined) ?? this.#called(reservedFunctions.find((name) => this.#isNext(name)))
    )
  }

  #called(name: string | undefined): string | undefined {
    if (name === undefined) return undefined
    const start = this.#at
    this.#at += name.length
    this.#skip()
    if (this.#isNext('(')) return name
    this.#at = start
    return undefined
  }

  /** Words with spaces between them, up to the first that is reserved. */
  #words(): { count: number; text: string; end: number } {
    let [end, next, count] = [this.#at, this.#at, 0]
    for (let length = this.#wordLength(next); length > 0; length = this.#wordLength(next)) {
      end = next + length
      count++
      next = end
      while (this.#source[next] === ' ') next++
      if (next === end) break
    }
    return { count, text: this.#source.slice(this.#at, end), end }
  }

  /** Of the name at a place; 0 where there is none, or a reserved word. */
  #wordLength(at: number): number {
    if (!isNameStart(this.#source[at] ?? '')) return 0
    let end = at + 1
    while (end < this.#source.length && isNamePart(this.#source[end]!)) end++
    if (end - at > longestName) throw this.#unexpected()
    return end - at <= longestReserved && reserved.has(this.#source.slice(at, end)) ? 0 : end - at
  }

  #isName(): boolean {
    return this.#isNext('`') || this.#wordLength(this.#at) > 0
  }

  #propertyName(): string {
    if (!this.#source.startsWith('time offset', this.#at)) return this.#name()
    this.#at += 'time offset'.length
    this.#skip()
    return 'time offset'
  }

  #name(): string {
    if (this.#take('`', false)) return this.#until('`')
    const length = this.#wordLength(this.#at)
    if (length === 0) throw this.#unexpected()
    const name = this.#source.slice(this.#at, this.#at + length)
    this.#at += length
    this.#skip()
    return name
  }

  #until(end: string): string {
    const stop = this.#source.indexOf(end, this.#at)
    if (stop <= this.#at) throw this.#unexpected()
    const text = this.#source.slice(this.#at, stop)
    this.#at = stop + 1
    this.#skip()
    return text
  }

  /** What stands between double quotes, as it is written. */
  #quoted(): string {
    const start = this.#at + 1
    let end = start
    while (end < this.#source.length && this.#source[end] !== '"') end += this.#source[end] === '\\' ? 2 : 1
    if (end >= this.#source.length) {
      this.#at = this.#source.length
      throw this.#unexpected()
    }
    this.#at = end + 1
    this.#skip()
    return this.#source.slice(start, end)
  }

  /** `for x in`: else it is a variable of that name. */
  #isIteration(word: string): boolean {
    if (!this.#isKeyword(word)) return false
    const start = this.#at
    this.#word(word)
    if (this.#isName()) this.#name()
    const isIteration = this.#isKeyword('in')
    this.#at = start
    return isIteration
  }

  #isFollowedByOperator(word: string): boolean {
    const start = this.#at
    this.#word(word)
    const next = this.#source[this.#at] ?? ''
    this.#at = start
    return next === '' || '.+*/=<>!)],}:'.includes(next)
  }

  #isKeyword(word: string): boolean {
    return this.#source.startsWith(word, this.#at) && !isNamePart(this.#source[this.#at + word.length] ?? '')
  }

  #word(word: string): void {
    if (!this.#isKeyword(word)) throw this.#unexpected()
    this.#at += word.length
    this.#skip()
  }

  #isNext(token: string): boolean {
    return this.#source.startsWith(token, this.#at)
  }

  #take(token: string, skip = true): boolean {
    if (!this.#source.startsWith(token, this.#at)) return false
    this.#at += token.length
    if (skip) this.#skip()
    return true
  }

  #expect(token: string): void {
    if (!this.#take(token)) throw this.#unexpected()
  }

  /** Over spaces and comments. */
  #skip(): void {
    while (this.#at < this.#source.length) {
      if (isSpace(this.#source[this.#at]!)) this.#at++
      else if (this.#isNext('//')) this.#at = after(this.#source.indexOf('\n', this.#at), 1, this.#source.length)
      else if (this.#isNext('/*')) this.#skipComment()
      else return
    }
  }

  #skipComment(): void {
    const end = this.#source.indexOf('*/', this.#at + 2)
    if (end < 0) throw this.#unexpected()
    this.#at = end + 2
  }

  #nested(read: () => Syntax): Syntax {
    if (++this.#depth > deepest) throw this.#tooDeep()
    // what may be a range or something else is read twice, and what is in it four times
    if (++this.#tries > this.#source.length * 4 + 100) throw this.#tooDeep()
    const syntax = read()
    this.#depth--
    return syntax
  }

  #tooDeep(): FeelSyntaxError {
    return new FeelSyntaxError(
      `failed to parse expression '${shortened(this.#source)}': it is nested more than ${deepest} levels deep`,
    )
  }

  #unexpected(): FeelSyntaxError {
    const found = this.#at >= this.#source.length ? 'end of input' : `"${this.#source.slice(this.#at, this.#at + 10)}"`
    return new FeelSyntaxError(`failed to parse expression '${this.#source}': unexpected ${found} at 1:${this.#at + 1}`)
  }
}

const longestName = 10_000
const longestReserved = 'satisfies'.length

const temporalLiterals = new Set(['date', 'time', 'date and time', 'duration'])

/** A literal that is none is null, without a warning: the call of the function of that name would warn. */
function temporalLiteral(name: string, text: string): Syntax {
  if (name === 'time') return { kind: 'temporal', text, of: 'time' }
  const value =
    name === 'date' ? parseDate(text) : name === 'duration' ? parseDurationLiteral(text) : parseDateTime(text)
  return { kind: 'literal', value: value ?? null }
}

function pathOf([name, ...path]: readonly string[]): Syntax {
  return { kind: 'variable', name: name!, path }
}

/** In this order: a backslash is read first with the letter behind it. */
function unescaped(text: string): string {
  if (!text.includes('\\')) return text
  const letters: Record<string, string> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f', "'": "'", '"': '"' }
  return text.replace(/(?<!\\)\\([nrtbf'"])/g, (_, letter: string) => letters[letter]!).replaceAll('\\\\', '\\')
}

function after(found: number, length: number, end: number): number {
  return found < 0 ? end : found + length
}

function externalFunction(source: string): string {
  return `validation of expression '${source}' failed: External functions are disabled. Use the FunctionProvider SPI (recommended) or enable external function in the configuration.`
}

function tooLong(source: string): FeelSyntaxError {
  const what = `it has ${source.length} characters, and ${mostCharacters} are the most: put the values into a variable`
  return new FeelSyntaxError(`failed to parse expression '${shortened(source)}': ${what}`)
}

function shortened(source: string): string {
  return source.length <= 40 ? source : `${source.slice(0, 40)}…`
}
