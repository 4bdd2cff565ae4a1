/**
 * `JSON.parse` without V8's mistake: once it has met a key with a backslash in it, it takes others for that one (`{"\"":1}` becomes
 * `{"\\":1}` after a `{"\\":1}`; https://github.com/nodejs/node/issues/63785). Only keys that are written with an escape are
 * concerned, which are rare; what has one is read here. Throws as `JSON.parse` does.
 */
export function readJson(text: string): unknown {
  const value: unknown = JSON.parse(text)
  return hasEscapedKey(text) ? new Reader(text).value() : value
}

function hasEscapedKey(text: string): boolean {
  for (let at = text.indexOf('\\'); at >= 0; at = text.indexOf('\\', at)) {
    at = endOfText(text, at)
    if (text[skipSpace(text, at)] === ':') return true
  }
  return false
}

/** Behind the quote that ends the text in which `at` is. */
function endOfText(text: string, at: number): number {
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1
  return at + 1
}

function skipSpace(text: string, at: number): number {
  while (' \t\n\r'.includes(text[at] ?? '.')) at++
  return at
}

/** Reads text that is known to be JSON. A scalar's text alone goes through `JSON.parse`, which knows no keys there. */
class Reader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  value(): unknown {
    if (this.#takes('{')) return Object.fromEntries(this.#list('}', () => [this.#key(), this.value()]))
    if (this.#takes('[')) return this.#list(']', () => this.value())
    return this.#scalar()
  }

  #list<T>(end: string, read: () => T): T[] {
    const items: T[] = []
    while (!this.#takes(end)) {
      items.push(read())
      this.#takes(',')
    }
    return items
  }

  #key(): string {
    const key = this.#scalar() as string
    this.#takes(':')
    return key
  }

  #scalar(): unknown {
    const start = skipSpace(this.#text, this.#at)
    this.#at = this.#text[start] === '"' ? endOfText(this.#text, start + 1) : this.#endOfWord(start)
    return JSON.parse(this.#text.slice(start, this.#at))
  }

  #endOfWord(at: number): number {
    while (at < this.#text.length && !',]} \t\n\r'.includes(this.#text[at]!)) at++
    return at
  }

  /** Whether the character is the next one; then it is behind. */
  #takes(character: string): boolean {
    const at = skipSpace(this.#text, this.#at)
    const isThere = this.#text[at] === character
    if (isThere) this.#at = at + 1
    return isThere
  }
}
