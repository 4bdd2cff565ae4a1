import { readJson } from '../../readJson.ts'

/**
 * Reads JSON. A whole number that a double would round becomes a text of its digits: an id that an API answers stays
 * what it is, and no engine refuses it. Throws as JSON.parse does.
 */
export function parseExactly(text: string): unknown {
  return /\d{16}/.test(text) ? JSON.parse(text, keepDigits) : readJson(text)
}

function keepDigits(this: unknown, _name: string, value: unknown, context?: { source?: string }): unknown {
  const source = context?.source
  if (typeof value !== 'number' || source === undefined || !/^-?\d{16,}$/.test(source)) return value
  return BigInt(source) === BigInt(value) ? value : source
}
