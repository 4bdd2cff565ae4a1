/** A line of a commit's last paragraph: `Event-Id: 7`. */
export type Trailer = readonly [name: TrailerName, value: string]

type TrailerName = 'Event-Id' | 'Event-Source' | 'Event-Type' | 'Operation' | 'Correlation-Id' | 'Causation-Id'

/** The last paragraph of a commit's message, as `git interpret-trailers` reads it. */
export function formatTrailers(trailers: readonly Trailer[]): string {
  let text = ''
  for (const [name, value] of trailers) text += `${name}: ${oneLine(value)}\n`
  return text
}

/**
 * A text as part of one line of a commit: control characters and line ends are percent-encoded, so that nothing that came from
 * outside can begin a line of its own; at most 1,024 characters.
 */
export function oneLine(text: string): string {
  if (text.length <= longest && plain.test(text)) return text
  const encoded = text.toWellFormed().replace(lineBreaking, encodeURIComponent).trim()
  return encoded.length <= longest ? encoded : `${encoded.slice(0, longest - 1).toWellFormed()}…`
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it is about.
const lineBreaking = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g

/** Most texts are, and then nothing is to be done: printable ASCII that neither begins nor ends with a space. */
const plain = /^[!-~](?:[ -~]*[!-~])?$/

const longest = 1_024
