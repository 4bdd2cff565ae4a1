/** Whether a place in a text is such a one: what a pattern asks for without taking characters. `last`: where the match before it ended. */
export type Position = (input: string, at: number, last: number) => boolean

/** `\A`, and `^` where lines do not count. */
export const isBeginning: Position = (_input, at) => at === 0

/** `\G`. */
export const isEndOfLast: Position = (_input, at, last) => at === last

/** `\z`. */
export const isEnd: Position = (input, at) => at === input.length

/** `\Z`, and `$` where lines do not count: the end, or before the line terminator that is the last. */
export const isEndOfText: Position = (input, at) =>
  at >= input.length - 2 &&
  (at === input.length || (isBeforeTerminator(input, at) && lastTerminator.test(input.slice(at))))

/** `^` where lines count: after a line terminator that is not the last character, too. */
export const isBeginningOfLine: Position = (input, at) =>
  at === 0 || (at < input.length && isTerminator(input[at - 1]!) && !isWithinPair(input, at))

/** `$` where lines count. */
export const isEndOfLine: Position = (input, at) => at === input.length || isBeforeTerminator(input, at)

/** `\b`. */
export const isBoundary: Position = (input, at) => isWord(input, at - 1) !== isWord(input, at)

/** `\B`. */
export const isNoBoundary: Position = (input, at, last) => !isBoundary(input, at, last)

const lastTerminator = /^(?:\r\n|[\n\r\u0085\u2028\u2029])$/

const terminators = '\n\r\u0085\u2028\u2029'

export const isTerminator = (character: string) => terminators.includes(character)

function isBeforeTerminator(input: string, at: number): boolean {
  return isTerminator(input[at]!) && !isWithinPair(input, at)
}

/** Between `\r` and `\n`, which are one terminator. */
function isWithinPair(input: string, at: number): boolean {
  return input[at - 1] === '\r' && input[at] === '\n'
}

function isWord(input: string, at: number): boolean {
  const character = input[at]
  return character !== undefined && /\w/.test(character)
}
