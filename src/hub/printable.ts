/**
 * A text as it may go to a terminal: what would move its cursor, colour it, name its window, turn the writing round or begin a
 * line is written as `\u001b`. `lines`: line breaks stay, and the lines after the first are indented, so that none passes for one of ours.
 */
export function printable(text: string, { lines = false } = {}): string {
  if (plain.test(text)) return text
  return text
    .toWellFormed()
    .replace(unprintable, (character) => (lines && character === '\n' ? '\n  ' : escaped(character)))
}

/** JSON text with what JSON leaves as it is, and a terminal does not: the same value, escaped. */
export function printableJson(value: unknown): string {
  const text = JSON.stringify(value)
  return plain.test(text) ? text : text.replace(unprintable, escaped)
}

/** As JSON writes it. */
function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}

const plain = /^[ -~]*$/

/** The control characters of ASCII and Latin-1 (ECMA-48), line separators, and what sets the direction of writing (Unicode UAX #9). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it is about.
const unprintable = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g
