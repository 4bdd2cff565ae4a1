import type { Budget } from './budget.ts'

/*
 * FEEL's patterns are Java's (java.util.regex.Pattern). Most are the same in JavaScript; those that are written otherwise there are
 * translated. Possessive quantifiers, atomic groups and class intersections are not there, and are no patterns here.
 */

/** It is no pattern, or none that we know. */
export class InvalidPattern extends Error {}

/** `flags` of `s`, `m`, `i` and `x`; others are none. Throws InvalidPattern. */
export function patternOf(pattern: string, flags: string): RegExp {
  const key = `${flags}/${pattern}`
  const known = patterns.get(key)
  if (known !== undefined) return known
  const made = makePattern(pattern, flags)
  if (patterns.size >= mostPatterns) patterns.clear()
  patterns.set(key, made)
  return made
}

const patterns = new Map<string, RegExp>()
const mostPatterns = 200

function makePattern(pattern: string, flags: string): RegExp {
  const [, inline = '', rest = ''] = /^(?:\(\?([imsx]+)\))?([\s\S]*)$/.exec(pattern)!
  const all = flags + inline
  const javaScript = translated(all.includes('x') ? withoutComments(rest) : rest, all.includes('m'))
  const own = [...'ims'].filter((flag) => all.includes(flag)).join('')
  try {
    return new RegExp(javaScript, `${own}u`)
  } catch {
    // without code points, but with escapes that need none
    return lenient(javaScript, own)
  }
}

function lenient(pattern: string, flags: string): RegExp {
  if (/\\p\{|[*+?}]\+|\(\?>/i.test(pattern)) throw new InvalidPattern(pattern)
  try {
    return new RegExp(pattern, flags)
  } catch (error) {
    throw new InvalidPattern(pattern, { cause: error })
  }
}

/**
 * Whether matching ends soon for certain: how often the engine goes back is at most the input's length to the power of the repetitions.
 * A repeated group, or a group that is matched again, may go back more often.
 */
export function isQuick(pattern: string, input: string): boolean {
  if (/\)[*+{]|\\[1-9k]/.test(pattern)) return false
  const repetitions = pattern.match(/[*+]|,\}/g)?.length ?? 0
  return (input.length + 1) ** (repetitions + 1) <= quickSteps
}

const quickSteps = 10_000_000

/** All of them, one after the other. */
export function matchesOf(pattern: RegExp, input: string, budget: Budget): RegExpExecArray[] {
  const found: RegExpExecArray[] = []
  for (const match of input.matchAll(new RegExp(pattern.source, `${pattern.flags}g`))) {
    budget.spend(4)
    found.push(match)
  }
  return found
}

/** `$1` and `${name}` are what groups matched, and a backslash takes the meaning from what follows it. Throws InvalidPattern. */
export function replacementOf(replacement: string, match: RegExpExecArray): string {
  return replacement.replace(
    /\\([\s\S]?)|\$(?:\{(\w+)\}|(\d+))?/g,
    (all, literal?: string, name?: string, digits?: string) => {
      if (literal) return literal
      if (name !== undefined && match.groups && Object.hasOwn(match.groups, name)) return match.groups[name] ?? ''
      // as many digits as there are groups for
      for (let length = digits?.length ?? 0; length > 0; length--) {
        const group = Number(digits!.slice(0, length))
        if (group < match.length) return (match[group] ?? '') + digits!.slice(length)
      }
      throw new InvalidPattern(all)
    },
  )
}

const posix: Record<string, string> = {
  Lower: 'a-z',
  Upper: 'A-Z',
  ASCII: '\\x00-\\x7F',
  Alpha: 'A-Za-z',
  Digit: '0-9',
  Alnum: 'A-Za-z0-9',
  Punct: '!-\\/:-@\\[-`{-~',
  Graph: '!-~',
  Print: ' -~',
  Blank: ' \\t',
  Cntrl: '\\x00-\\x1F\\x7F',
  XDigit: '0-9A-Fa-f',
  Space: ' \\t\\n\\v\\f\\r',
}

const classes: Record<string, string> = {
  s: ' \\t\\n\\v\\f\\r',
  h: ' \\t\\xA0\\u1680\\u180e\\u2000-\\u200a\\u202f\\u205f\\u3000',
}

function translated(pattern: string, multiline: boolean): string {
  let depth = 0
  const token = /\\Q([\s\S]*?)(?:\\E|$)|\\([pP])\{(\^?)(?:Is|java)?(\w+)\}|\\([\s\S])|\[\^?\]|[[\]$]/g
  return pattern.replace(token, (all, quoted?: string, p?: string, not?: string, name?: string, escaped?: string) => {
    if (quoted !== undefined) return quoted.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
    if (name !== undefined) return property(p === 'P' || not === '^', name, depth > 0)
    if (escaped !== undefined) return escapeOf(escaped, depth > 0)
    if (all.startsWith('[') && all.endsWith(']')) {
      depth++
      return `${all.slice(0, -1)}\\]`
    }
    if (all === '$') return depth > 0 || multiline ? '$' : '(?=(?:\\r\\n|[\\n\\r\\u0085\\u2028\\u2029])?$)'
    if (all === ']') {
      depth = Math.max(depth - 1, 0)
      return ']'
    }
    depth++
    return depth > 1 ? '\\[' : '['
  })
}

function property(isNegated: boolean, name: string, isInClass: boolean): string {
  const range = Object.hasOwn(posix, name) ? posix[name]! : undefined
  if (range === undefined) return `\\${isNegated ? 'P' : 'p'}{${name.length > 2 ? scriptOf(name) : name}}`
  if (isInClass && !isNegated) return range
  return `[${isNegated ? '^' : ''}${range}]`
}

function scriptOf(name: string): string {
  return /^(Alphabetic|Lowercase|Uppercase|White_Space|Ideographic|Emoji)$/.test(name) ? name : `Script=${name}`
}

function escapeOf(character: string, isInClass: boolean): string {
  const range = classes[character]
  if (range !== undefined) return isInClass ? range : `[${range}]`
  if (character === 'S' && !isInClass) return `[^${classes.s}]`
  if (character === 'A') return '(?<![\\s\\S])'
  if (character === 'z') return '(?![\\s\\S])'
  if (character === 'Z') return '(?=(?:\\r\\n|[\\n\\r\\u0085\\u2028\\u2029])?(?![\\s\\S]))'
  if (character === 'e') return '\\x1B'
  if (character === 'a') return '\\x07'
  // an escape that means nothing is the character itself: in JavaScript, with code points, it is an error
  return /[A-Za-z0-9^$.*+?()[\]{}|/\\-]/.test(character) ? `\\${character}` : character
}

function withoutComments(pattern: string): string {
  return pattern.replace(/\\[\s\S]|\[(?:\\[\s\S]|[^\]])*\]|\s+|#.*$/gm, (all) => (/^[\s#]/.test(all) ? '' : all))
}
