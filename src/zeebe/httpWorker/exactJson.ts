import { readJson } from '../../readJson.ts'

/**
 * Reads JSON. A whole number that a double would round becomes a text of its digits: an id that an API answers stays
 * what it is, and no engine refuses it. Throws as JSON.parse does.
 */
export function parseExactly(text: string): unknown {
  return readJson(text, (source) => source)
}
