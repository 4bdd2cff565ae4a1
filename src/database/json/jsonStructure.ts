import { survives } from './decimal.ts'
import { pointerBelow } from './jsonPointer.ts'

/** Hears of the first thing that is wrong: where (JSON Pointer) and what. It throws. */
export type Refuse = (where: string, problem: string) => never

/**
 * Walks over text that JSON.parse took and finds what the parsed value no longer shows: keys that occur twice, numbers that
 * lose digits, and with them `__proto__`, lone surrogates and too many levels.
 */
export function checkStructure(text: string, deepest: number, refuse: Refuse): void {
  const levels: Level[] = []
  const isWellFormed = text.isWellFormed()
  for (let at = 0; at < text.length; ) {
    const code = text.charCodeAt(at)
    if (code === quote) at = readText(text, at, isWellFormed, levels, refuse)
    else if (code === minus || isDigit(code)) at = readNumber(text, at, levels, refuse)
    else {
      at++
      if (code === brace || code === bracket) open(levels, code === brace, deepest, refuse)
      else if (code === closingBrace || code === closingBracket) levels.pop()
      else if (code === comma) next(levels)
      else if (code === colon) levels.at(-1)!.atKey = false
    }
  }
}

const quote = 0x22
const minus = 0x2d
const comma = 0x2c
const colon = 0x3a
const backslash = 0x5c
const bracket = 0x5b
const closingBracket = 0x5d
const brace = 0x7b
const closingBrace = 0x7d

interface Level {
  /** The keys so far; nothing in a list. */
  readonly keys: Set<string> | undefined
  /** The key or index that is being read. */
  place: string | number
  atKey: boolean
}

function open(levels: Level[], isObject: boolean, deepest: number, refuse: Refuse): void {
  if (levels.length === deepest) refuse(pointerOf(levels), `more than ${deepest} levels deep`)
  levels.push(isObject ? { keys: new Set(), place: '', atKey: true } : { keys: undefined, place: 0, atKey: false })
}

function next(levels: readonly Level[]): void {
  const level = levels.at(-1)!
  if (level.keys) level.atKey = true
  else level.place = (level.place as number) + 1
}

/** Of a text that is well-formed, only what is escaped in it can be otherwise. */
function readText(
  text: string,
  start: number,
  isWellFormed: boolean,
  levels: readonly Level[],
  refuse: Refuse,
): number {
  let end = start + 1
  let escaped = false
  for (let code = text.charCodeAt(end); code !== quote; code = text.charCodeAt(++end)) {
    if (code !== backslash) continue
    escaped = true
    end++
  }
  const level = levels.at(-1)
  if (isWellFormed && !escaped && !level?.atKey) return end + 1
  const value: string = escaped ? JSON.parse(text.slice(start, end + 1)) : text.slice(start + 1, end)
  if (level?.atKey) takeKey(value, level, levels, refuse)
  if (!value.isWellFormed()) refuse(pointerOf(levels), 'a text must be well-formed Unicode; got a lone surrogate')
  return end + 1
}

function takeKey(key: string, level: Level, levels: readonly Level[], refuse: Refuse): void {
  const parent = levels.slice(0, -1)
  if (key === '__proto__') refuse(pointerOf(parent), "the key '__proto__' is not allowed")
  if (level.keys!.has(key)) refuse(pointerOf(parent), `the key '${key.slice(0, 80)}' occurs twice`)
  level.keys!.add(key)
  level.place = key
}

function readNumber(text: string, start: number, levels: readonly Level[], refuse: Refuse): number {
  let end = start + 1
  while (end < text.length && isInNumber(text.charCodeAt(end))) end++
  const source = text.slice(start, end)
  if (survives(source)) return end
  const came = source.length <= 40 ? source : `${source.slice(0, 40)}… (${source.length} characters)`
  refuse(
    pointerOf(levels),
    `the number ${came} does not survive a round trip (it would become ${Number(source)}); send it as a text`,
  )
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39
}

/** Digits, `.`, `e`, `E`, `+`, `-`. */
function isInNumber(code: number): boolean {
  return isDigit(code) || code === 0x2e || code === 0x65 || code === 0x45 || code === 0x2b || code === minus
}

function pointerOf(levels: readonly Level[]): string {
  return levels.reduce((pointer, { place }) => pointerBelow(pointer, place), '')
}
