/**
 * `JSON.parse` without V8's mistake: once it has met a key with a backslash in it, it takes others for that one (`{"\"":1}` becomes
 * `{"\\":1}` after a `{"\\":1}`; https://github.com/nodejs/node/issues/63785). Only keys that are written with an escape are
 * concerned, which are rare; what has one is read here. Throws as `JSON.parse` does.
 * `rounded`: what stands for a number that a double does not hold (a plain integer that it would round, or one that is beyond it);
 * without, such a number is read as `JSON.parse` reads it. What is written with a point or an exponent is meant as a double: it is the
 * nearest one, as `0.1` is, though it be whole.
 */
export function readJson(text: string, rounded?: Rounded): unknown {
  const value: unknown = JSON.parse(text)
  if (rounded !== undefined && mayRound.test(text)) return read(text, rounded)
  return hasEscapedKey(text) ? read(text) : value
}

/** Is told how the number is written, and its name: the key, or the place in its list. */
type Rounded = (source: string, name: string) => unknown

const mayRound = /\d{16}|\de\+?\d{3}/i

function isRounded(source: string): boolean {
  const number = Number(source)
  return !Number.isFinite(number) || (/^-?\d{16,}$/.test(source) && BigInt(source) !== BigInt(number))
}

function hasEscapedKey(text: string): boolean {
  for (let at = text.indexOf('\\'); at >= 0; at = text.indexOf('\\', at)) {
    at = endOfText(text, at)
    if (text[skip(text, at, ' \t\n\r')] === ':') return true
  }
  return false
}

/** Behind the quote that ends the text in which `at` is. */
function endOfText(text: string, at: number): number {
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1
  return at + 1
}

function skip(text: string, at: number, characters: string): number {
  while (at < text.length && characters.includes(text[at]!)) at++
  return at
}

/** An object or list that is being read, and of an object the key whose value is next. */
interface Open {
  readonly value: Record<string, unknown> | unknown[]
  key?: string | undefined
}

/** Reads text that is known to be JSON. It must not call itself: a text of many levels would end the stack. */
function read(text: string, rounded?: Rounded): unknown {
  const root: unknown[] = []
  const open: Open[] = [{ value: root }]
  for (let at = skip(text, 0, between); at < text.length; at = skip(text, at, between)) {
    const within = open.at(-1)!
    const start = at
    at = endOfToken(text, start)
    const token = text.slice(start, at)
    if (token === '{' || token === '[') open.push({ value: put(within, token === '{' ? {} : []) })
    else if (token === '}' || token === ']') open.pop()
    else if (!Array.isArray(within.value) && within.key === undefined) within.key = JSON.parse(token)
    else put(within, scalarOf(token, within, rounded))
  }
  return root[0]
}

/** What tells nothing in a text that is known to be JSON. */
const between = ' \t\n\r,:'

function endOfToken(text: string, at: number): number {
  if (text[at] === '"') return endOfText(text, at + 1)
  let end = at + 1
  if (!'{}[]'.includes(text[at]!)) while (end < text.length && !',]} \t\n\r'.includes(text[end]!)) end++
  return end
}

/** A scalar's text alone goes through `JSON.parse`, which knows no keys there. */
function scalarOf(token: string, { key, value }: Open, rounded?: Rounded): unknown {
  const isNumber = token[0] === '-' || (token[0]! >= '0' && token[0]! <= '9')
  if (rounded !== undefined && isNumber && isRounded(token)) return rounded(token, key ?? String(value.length))
  return JSON.parse(token)
}

/** Puts a value where it belongs, under any key: `__proto__` is one, too. */
function put<T>(within: Open, value: T): T {
  if (Array.isArray(within.value)) within.value.push(value)
  else Object.defineProperty(within.value, within.key!, { ...asAssigned, value })
  within.key = undefined
  return value
}

const asAssigned = { writable: true, enumerable: true, configurable: true }
