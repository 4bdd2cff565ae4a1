import { isUtf8 } from 'node:buffer'
import { parseJson } from './json.ts'

/**
 * Parses a file that should hold JSON, as `parseJson` does, and faster where it is exactly what we write: then writing its value
 * again gives the same text, which shows that no number lost digits and no key came twice. What that does not show (`__proto__`,
 * lone surrogates, too many levels) is seen by what such a text would contain. Throws `invalid`.
 */
export function parseStoredJson(bytes: Buffer, what: string): unknown {
  const text = bytes.toString()
  if (!isUtf8(bytes) || suspicious.some((part) => text.includes(part))) return parseJson(bytes, what)
  try {
    const value: unknown = JSON.parse(text)
    if (`${JSON.stringify(value, null, 2)}\n` === text) return value
  } catch {
    // What is wrong with it is told below.
  }
  return parseJson(bytes, what)
}

/** The last one is the margin of the hundredth level. */
const suspicious = ['"__proto__"', '\\ud', `\n${' '.repeat(200)}`]
