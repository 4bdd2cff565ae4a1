import { mostCharacters, OverBudget } from '../budget.ts'
import { Decimal, toDecimal } from './decimal.ts'
import { entriesOf, FeelError, FeelFunction, FeelRange, type FeelValue, isContext } from './value.ts'

/** What `string()` makes of a value other than a string: `{k:"v", n:[1, 2]}`. Throws OverBudget. */
export function textOf(value: FeelValue): string {
  const text = new Text(mostCharacters)
  write(value, text)
  if (text.isFull) throw new OverBudget(`it became larger than ${mostCharacters} characters`)
  return text.toString()
}

/** A value as warnings print it: not all of a long one. */
export function briefly(value: unknown): string {
  const text = new Text(longestQuote)
  write((value ?? null) as FeelValue, text)
  return text.isFull ? `${text}…` : text.toString()
}

const longestQuote = 1_000

/** What is written one after the other, until it is full. */
class Text {
  readonly #most: number
  readonly #parts: string[] = []
  #length = 0

  constructor(most: number) {
    this.#most = most
  }

  get isFull(): boolean {
    return this.#length > this.#most
  }

  add(part: string): void {
    if (this.isFull) return
    this.#parts.push(part.slice(0, this.#most + 1 - this.#length))
    this.#length += part.length
  }

  toString(): string {
    return this.#parts.join('').slice(0, this.#most)
  }
}

function write(value: FeelValue, text: Text): void {
  if (text.isFull) return
  if (typeof value === 'string') writeString(value, text)
  else if (typeof value === 'number') text.add(toDecimal(value).toString())
  else if (value === null || typeof value === 'boolean' || value instanceof Decimal) text.add(String(value))
  else if (Array.isArray(value)) writeAll(value, '[]', (item) => write(item, text), text)
  else if (value instanceof FeelError) text.add(`error("${value.reason}")`)
  else if (value instanceof FeelFunction) text.add(`function(${value.parameters.join(', ')})`)
  else if (value instanceof FeelRange) writeRange(value, text)
  else if (isContext(value)) writeAll(entriesOf(value), '{}', (entry) => writeEntry(entry, text), text)
  else text.add(String(value))
}

/** Not put together before it is cut off: that would be work for a long one. */
function writeString(value: string, text: Text): void {
  text.add('"')
  text.add(value)
  text.add('"')
}

function writeAll<Item>(items: readonly Item[], brackets: string, writeItem: (item: Item) => void, text: Text): void {
  text.add(brackets[0]!)
  for (const [at, item] of items.entries()) {
    if (text.isFull) return
    if (at > 0) text.add(', ')
    writeItem(item)
  }
  text.add(brackets[1]!)
}

function writeEntry([key, value]: readonly [string, FeelValue], text: Text): void {
  text.add(`${key}:`)
  write(value, text)
}

function writeRange({ start, end }: FeelRange, text: Text): void {
  text.add(start.isClosed ? '[' : '(')
  write(start.value, text)
  text.add('..')
  write(end.value, text)
  text.add(end.isClosed ? ']' : ')')
}
