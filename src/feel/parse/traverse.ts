import type { ArithmeticOperator } from '../values/operators.ts'
import type { Syntax } from './syntax.ts'

const sizes = new WeakMap<Syntax, number>()

/** How many nodes it has: about what evaluating it once costs. */
export function sizeOf(syntax: Syntax): number {
  const known = sizes.get(syntax)
  if (known !== undefined) return known
  const size = partsOf(syntax).reduce((sum, part) => sum + sizeOf(part), cost(syntax))
  sizes.set(syntax, size)
  return size
}

/** What computes with decimals, calls a function, makes a context or reads a date costs more. */
function cost(syntax: Syntax): number {
  switch (syntax.kind) {
    case 'arithmetic':
      return syntax.rest.reduce((sum, { operator }) => sum + costs[operator], 1)
    case 'call':
      return 4
    case 'for':
    case 'some':
    case 'every':
      return 8
    case 'variable':
      return 1 + 2 * syntax.path.length
    case 'temporal':
      // One of a zone is read each time.
      return syntax.text.includes('@') ? 60 : 1
    case 'context':
      return 8 + 6 * syntax.entries.length
    default:
      return 1
  }
}

/** The names of the variables that it looks up. */
export function variablesIn(syntax: Syntax): Set<string> {
  const names = new Set<string>()
  const visit = (part: Syntax): void => {
    if (part.kind === 'variable') names.add(part.name)
    for (const inner of partsOf(part)) visit(inner)
  }
  visit(syntax)
  return names
}

/** Whether a variable of this name may be looked up in it. */
export function uses(syntax: Syntax, name: string): boolean {
  return (syntax.kind === 'variable' && syntax.name === name) || partsOf(syntax).some((part) => uses(part, name))
}

/** Whether a function is made in it. */
export function definesFunction(syntax: Syntax): boolean {
  return syntax.kind === 'function' || partsOf(syntax).some(definesFunction)
}

/** What a node of the syntax is made of. */
function partsOf(syntax: Syntax): readonly Syntax[] {
  switch (syntax.kind) {
    case 'literal':
    case 'temporal':
    case 'variable':
    case 'input':
      return []
    case 'path':
    case 'negation':
    case 'instance of':
      return [syntax.of]
    case 'filter':
      return [syntax.list, syntax.filter]
    case 'list':
      return syntax.items
    case 'context':
      return syntax.entries.map(({ value }) => value)
    case 'range':
    case 'iteration':
      return [syntax.start, syntax.end]
    case 'arithmetic':
      return [syntax.first, ...syntax.rest.map(({ operand }) => operand)]
    case 'comparison':
      return [syntax.left, syntax.right]
    case 'between':
      return [syntax.of, syntax.low, syntax.high]
    case 'in':
      return [syntax.of, syntax.tests]
    case 'and':
    case 'or':
      return syntax.operands
    case 'if':
      return [syntax.condition, syntax.then, syntax.otherwise]
    case 'for':
      return [...syntax.iterators.map(({ list }) => list), syntax.result]
    case 'some':
    case 'every':
      return [...syntax.iterators.map(({ list }) => list), syntax.condition]
    case 'function':
      return [syntax.body]
    case 'call':
      return [...(syntax.context ? [syntax.context] : []), ...syntax.arguments.values.values()]
    case 'input compares':
      return [syntax.to]
    case 'input in range':
      return [syntax.range]
    case 'input test':
      return [syntax.test]
    case 'one of':
      return syntax.tests
    case 'none of':
      return [syntax.tests]
  }
}

/** With decimals of 34 digits. */
const costs: Record<ArithmeticOperator, number> = { '+': 5, '-': 5, '*': 7, '/': 18, '**': 12 }
