import { parseDecimal } from '../values/decimal.ts'
import type { ArithmeticOperator, ComparisonOperator } from '../values/operators.ts'
import { parseDate, parseDateTime, parseDuration, parseDurationLiteral } from '../values/temporalText.ts'
import { isDigit, isNameStart } from './characters.ts'
import { deepest, FeelSyntaxError, Reader } from './reader.ts'
import type { Arguments, Iterator, Syntax } from './syntax.ts'

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

/** Functions whose names have a reserved word. */
const reservedFunctions = ['and', 'or', 'date and time', 'years and months duration', 'get or else']

const typeNames = ['years and months duration', 'days and time duration', 'date and time', 'function']

class Parser {
  readonly #reader: Reader

  constructor(source: string) {
    this.#reader = new Reader(source)
  }

  all(read: () => Syntax): Syntax {
    const syntax = read()
    if (!this.#reader.isAtEnd) throw this.#reader.unexpected()
    return syntax
  }

  expression(): Syntax {
    return this.#reader.nested(() => {
      if (this.#reader.isKeyword('if') && !this.#isFollowedByOperator('if')) return this.#if()
      if (this.#isIteration('for')) return this.#for()
      if (this.#isIteration('some')) return this.#quantified('some')
      if (this.#isIteration('every')) return this.#quantified('every')
      return this.#logical('or', () => this.#logical('and', () => this.#comparison()))
    })
  }

  unaryTests(): Syntax {
    const start = this.#reader.at
    if (this.#reader.take('-') && this.#reader.isAtEnd) return { kind: 'literal', value: true }
    this.#reader.at = start
    return this.#noneOf() ?? this.#positiveTests()
  }

  /** `not(1, 2)`. What looks like it may be a call of the function of that name. */
  #noneOf(): Syntax | undefined {
    const start = this.#reader.at
    if (!this.#reader.isKeyword('not')) return undefined
    this.#reader.word('not')
    try {
      if (this.#reader.take('(')) {
        const tests = this.#positiveTests()
        if (this.#reader.take(')')) return { kind: 'none of', tests }
      }
    } catch (error) {
      if (!(error instanceof FeelSyntaxError)) throw error
      this.#reader.depth = 0
    }
    this.#reader.at = start
    return undefined
  }

  #if(): Syntax {
    this.#reader.word('if')
    const condition = this.expression()
    this.#reader.word('then')
    const then = this.expression()
    this.#reader.word('else')
    return { kind: 'if', condition, then, otherwise: this.expression() }
  }

  #for(): Syntax {
    this.#reader.word('for')
    const iterators = this.#iterators()
    this.#reader.word('return')
    return { kind: 'for', iterators, result: this.expression() }
  }

  #quantified(kind: 'some' | 'every'): Syntax {
    this.#reader.word(kind)
    const iterators = this.#iterators()
    this.#reader.word('satisfies')
    return { kind, iterators, condition: this.expression() }
  }

  #iterators(): Iterator[] {
    const iterators: Iterator[] = []
    do {
      const name = this.#reader.name()
      this.#reader.word('in')
      iterators.push({ name, list: this.#iterated() })
    } while (this.#reader.take(','))
    return iterators
  }

  /** `1..n`, or a value. A range in brackets is no list. */
  #iterated(): Syntax {
    const start = this.#additive()
    if (start.kind === 'range') throw this.#reader.unexpected()
    if (!this.#reader.take('..')) return start
    return { kind: 'iteration', start, end: this.#additive() }
  }

  #logical(kind: 'and' | 'or', read: () => Syntax): Syntax {
    const operands = [read()]
    while (this.#reader.isKeyword(kind)) {
      this.#reader.word(kind)
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
    if (this.#reader.isKeyword('between')) return this.#between(left)
    if (this.#reader.isKeyword('instance')) return this.#instanceOf(left)
    return this.#reader.isKeyword('in') ? this.#in(left) : left
  }

  #between(of: Syntax): Syntax {
    this.#reader.word('between')
    const low = this.#operand()
    this.#reader.word('and')
    return { kind: 'between', of, low, high: this.#operand() }
  }

  #instanceOf(of: Syntax): Syntax {
    this.#reader.word('instance')
    this.#reader.word('of')
    const special = typeNames.find((name) => this.#reader.source.startsWith(name, this.#reader.at))
    if (special !== undefined) {
      this.#reader.at += special.length
      this.#reader.skip()
      return { kind: 'instance of', of, type: special }
    }
    const names = [this.#reader.name()]
    while (this.#reader.take('.')) names.push(this.#reader.name())
    return { kind: 'instance of', of, type: names.join('.') }
  }

  /** `in (test, test)`, or `in` and one test. */
  #in(of: Syntax): Syntax {
    this.#reader.word('in')
    if (!this.#reader.isNext('(')) return { kind: 'in', of, tests: this.#positiveTest() }
    const start = this.#reader.at
    this.#reader.take('(')
    const tests = this.#positiveTests()
    if (this.#reader.take(')')) return { kind: 'in', of, tests }
    // `(1..3)` is one test
    this.#reader.at = start
    return { kind: 'in', of, tests: this.#positiveTest() }
  }

  #positiveTests(): Syntax {
    return this.#reader.nested(() => {
      const tests = [this.#positiveTest()]
      while (this.#reader.take(',')) tests.push(this.#positiveTest())
      return tests.length === 1 ? tests[0]! : { kind: 'one of', tests }
    })
  }

  #positiveTest(): Syntax {
    const simple = this.#simpleTest() ?? this.#rangeTest()
    if (simple !== undefined) return simple
    const test = this.expression()
    const isLast = this.#reader.isAtEnd
    if (isLast && test.kind === 'literal' && typeof test.value === 'boolean')
      return { kind: 'input compares', operator: '=', to: test }
    return { kind: 'input test', test }
  }

  #rangeTest(): Syntax | undefined {
    const [start, open] = [this.#reader.at, this.#reader.character]
    if (open !== '(' && open !== '[' && open !== ']') return undefined
    const range = this.#bracketed(open)
    if (range.kind === 'range') return { kind: 'input in range', range }
    this.#reader.at = start
    return undefined
  }

  /** `< 5`: of the input. */
  #simpleTest(): Syntax | undefined {
    const operator = this.#comparisonOperator(false)
    return operator && { kind: 'input compares', operator, to: this.#operand() }
  }

  #comparisonOperator(equality: boolean): ComparisonOperator | undefined {
    for (const operator of ['<=', '>=', '<', '>'] as const) if (this.#reader.take(operator)) return operator
    if (!equality) return undefined
    for (const operator of ['!=', '='] as const) if (this.#reader.take(operator)) return operator
    return undefined
  }

  /** What stands beside an operator: no range. */
  #operand(): Syntax {
    const start = this.#reader.at
    const operand = this.#additive()
    if (operand.kind !== 'range') return operand
    this.#reader.at = start
    throw this.#reader.unexpected()
  }

  #additive(): Syntax {
    return this.#chain(['+', '-'], () => this.#chain(['*', '/'], () => this.#chain(['**'], () => this.#negation())))
  }

  #chain(operators: readonly ArithmeticOperator[], read: () => Syntax): Syntax {
    const first = read()
    if (first.kind === 'range') return first
    const rest: { operator: ArithmeticOperator; operand: Syntax }[] = []
    for (let operator = this.#arithmetic(operators); operator !== undefined; operator = this.#arithmetic(operators)) {
      const start = this.#reader.at
      const operand = read()
      if (operand.kind === 'range') {
        this.#reader.at = start
        throw this.#reader.unexpected()
      }
      rest.push({ operator, operand })
    }
    return rest.length === 0 ? first : { kind: 'arithmetic', first, rest }
  }

  #arithmetic(operators: readonly ArithmeticOperator[]): ArithmeticOperator | undefined {
    return operators.find((operator) => !(operator === '*' && this.#reader.isNext('**')) && this.#reader.take(operator))
  }

  #negation(): Syntax {
    if (!this.#reader.take('-')) return this.#value()
    const of = this.#value()
    if (of.kind === 'range') throw this.#reader.unexpected()
    return { kind: 'negation', of }
  }

  /** A value, and what is taken of it: `.name`, `[filter]`. */
  #value(): Syntax {
    let value = this.#primary()
    if (value.kind === 'range') return value
    const outer = this.#reader.depth
    while (true) {
      if (!this.#reader.isNext('..') && this.#reader.take('.'))
        value = { kind: 'path', of: value, name: this.#reader.propertyName() }
      else if (this.#isFilter()) {
        this.#reader.expect('[')
        value = { kind: 'filter', list: value, filter: this.expression() }
        this.#reader.expect(']')
      } else break
      if (++this.#reader.depth > deepest) throw this.#reader.tooDeep()
    }
    this.#reader.depth = outer
    return value
  }

  /** Not the open end of a range, such as `]1..5[`. */
  #isFilter(): boolean {
    const start = this.#reader.at
    if (!this.#reader.take('[')) return false
    const isEnd = this.#reader.isAtEnd || ',)]}'.includes(this.#reader.character)
    const isFilter = !isEnd && !this.#reader.isKeyword('and') && !this.#reader.isKeyword('or')
    this.#reader.at = start
    return isFilter
  }

  #primary(): Syntax {
    const character = this.#reader.character
    if (character === '"') return { kind: 'literal', value: unescaped(this.#reader.quoted()) }
    if (character === '?') return this.#input()
    if (character === '(' || character === '[' || character === ']') return this.#bracketed(character)
    if (character === '{') return this.#context()
    if (character === '@') return this.#temporal()
    if (
      isDigit(character) ||
      (/[-.]/.test(character) && /^-?\.?\d/.test(this.#reader.source.slice(this.#reader.at, this.#reader.at + 3)))
    )
      return this.#number()
    if (character === '`' || isNameStart(character)) return this.#named()
    throw this.#reader.unexpected()
  }

  #input(): Syntax {
    this.#reader.expect('?')
    return { kind: 'input' }
  }

  #number(): Syntax {
    const [digits] = /^-?(\d+(\.\d+)?|\.\d+)/.exec(this.#reader.source.slice(this.#reader.at))!
    const value = parseDecimal(digits)
    if (value === undefined) throw this.#reader.unexpected()
    this.#reader.at += digits.length
    this.#reader.skip()
    return { kind: 'literal', value }
  }

  /** `(a)`, `[a, b]`, or a range: which, its inside tells. */
  #bracketed(open: '(' | '[' | ']'): Syntax {
    this.#reader.expect(open)
    const items: Syntax[] = []
    if (open === '[' && this.#reader.take(']')) return { kind: 'list', items }
    const first = this.expression()
    if (this.#reader.take('..')) return this.#range(open === '[', first)
    if (open === ']') throw this.#reader.unexpected()
    if (open === '(') {
      this.#reader.expect(')')
      return first
    }
    items.push(first)
    while (this.#reader.take(',')) items.push(this.expression())
    this.#reader.expect(']')
    return { kind: 'list', items }
  }

  #range(startIsClosed: boolean, start: Syntax): Syntax {
    const end = this.#operand()
    const endIsClosed = this.#reader.take(']')
    if (!endIsClosed && !this.#reader.take(')')) this.#reader.expect('[')
    return { kind: 'range', start, startIsClosed, end, endIsClosed }
  }

  #context(): Syntax {
    this.#reader.expect('{')
    const entries: { key: string; value: Syntax }[] = []
    if (this.#reader.take('}')) return { kind: 'context', entries }
    do {
      const key = this.#reader.key()
      this.#reader.expect(':')
      entries.push({ key, value: this.expression() })
    } while (this.#reader.take(','))
    this.#reader.expect('}')
    return { kind: 'context', entries }
  }

  #temporal(): Syntax {
    this.#reader.expect('@')
    if (!this.#reader.isNext('"')) throw this.#reader.unexpected()
    const text = this.#reader.quoted()
    const value = parseDate(text) ?? parseDateTime(text) ?? parseDuration(text)
    return value === undefined ? { kind: 'temporal', text, of: '@' } : { kind: 'literal', value }
  }

  /** What begins with a name: a literal, a call, a function, a variable. */
  #named(): Syntax {
    const words = this.#calledWords()
    if (words !== undefined) return this.#call(words)
    const keyword = ['null', 'true', 'false', 'function'].find((word) => this.#reader.isKeyword(word))
    if (keyword === 'function') return this.#function()
    if (keyword !== undefined) {
      this.#reader.word(keyword)
      return { kind: 'literal', value: keyword === 'null' ? null : keyword === 'true' }
    }
    return this.#qualified()
  }

  /** `a.b.c`, or a call of the function that it names. */
  #qualified(): Syntax {
    const names = [this.#reader.propertyName()]
    while (!this.#reader.isNext('..') && this.#reader.take('.')) names.push(this.#reader.propertyName())
    if (names.length > deepest) throw this.#reader.tooDeep()
    if (!this.#reader.isNext('(')) return pathOf(names)
    const name = names.pop()!
    return names.length === 0 ? this.#call(name) : { ...this.#invocation(name), context: pathOf(names) }
  }

  #call(name: string): Syntax {
    const start = this.#reader.at
    this.#reader.expect('(')
    if (temporalLiterals.has(name) && this.#reader.isNext('"')) {
      const text = this.#reader.quoted()
      if (this.#reader.take(')')) return temporalLiteral(name, text)
    }
    this.#reader.at = start
    return this.#invocation(name)
  }

  #invocation(name: string): Extract<Syntax, { kind: 'call' }> {
    this.#reader.expect('(')
    if (this.#reader.take(')')) return { kind: 'call', name, arguments: { named: false, values: [] } }
    const values = this.#isNamedArgument() ? this.#namedArguments() : this.#arguments()
    this.#reader.expect(')')
    return { kind: 'call', name, arguments: values }
  }

  #arguments(): Arguments {
    const values = [this.#argument()]
    while (this.#reader.take(',')) values.push(this.#argument())
    return { named: false, values }
  }

  #namedArguments(): Arguments {
    const values = new Map<string, Syntax>()
    do {
      const name = this.#reader.parameter()
      this.#reader.expect(':')
      values.set(name, this.#argument())
    } while (this.#reader.take(','))
    return { named: true, values }
  }

  #argument(): Syntax {
    const value = this.expression()
    return value.kind === 'input in range' ? value.range : value
  }

  #isNamedArgument(): boolean {
    const start = this.#reader.at
    if (!this.#reader.isName()) return false
    this.#reader.parameter()
    const isNamed = this.#reader.isNext(':')
    this.#reader.at = start
    return isNamed
  }

  #function(): Syntax {
    this.#reader.word('function')
    this.#reader.expect('(')
    const parameters: string[] = []
    if (!this.#reader.take(')')) {
      do parameters.push(this.#reader.parameter())
      while (this.#reader.take(','))
      this.#reader.expect(')')
    }
    if (this.#reader.isKeyword('external')) throw new FeelSyntaxError(externalFunction(this.#reader.source))
    return { kind: 'function', parameters, body: this.expression() }
  }

  /** The name of a function that is called, where it has several words. */
  #calledWords(): string | undefined {
    const { count, text } = this.#reader.words()
    return (
      this.#reader.called(count > 1 ? text : undefined) ??
      this.#reader.called(reservedFunctions.find((name) => this.#reader.isNext(name)))
    )
  }

  /** `for x in`: else it is a variable of that name. */
  #isIteration(word: string): boolean {
    if (!this.#reader.isKeyword(word)) return false
    const start = this.#reader.at
    this.#reader.word(word)
    if (this.#reader.isName()) this.#reader.name()
    const isIteration = this.#reader.isKeyword('in')
    this.#reader.at = start
    return isIteration
  }

  #isFollowedByOperator(word: string): boolean {
    const start = this.#reader.at
    this.#reader.word(word)
    const next = this.#reader.character
    this.#reader.at = start
    return next === '' || '.+*/=<>!)],}:'.includes(next)
  }
}

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

function externalFunction(source: string): string {
  return `validation of expression '${source}' failed: External functions are disabled. Use the FunctionProvider SPI (recommended) or enable external function in the configuration.`
}
