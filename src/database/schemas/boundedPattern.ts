import { CommitbaseError } from '../../errors.ts'
import { inTime, TookTooLong } from '../../inTime.ts'

/** What all patterns of one query may take together. */
export interface Patience {
  /** Milliseconds of processor time that are left. */
  left: number
}

/**
 * A regular expression that comes to an end: its own time may grow with every power of the text's length, or double with every
 * character, and nobody else has a turn meanwhile. Where its form and the text say that it is quick, it runs as it is; else V8 stops it in time.
 * Then `exec` and `test` throw `invalid`.
 */
export class BoundedPattern extends RegExp {
  readonly #degree: number
  readonly #patience: Patience | undefined

  constructor(source: string, flags: string, patience?: Patience) {
    super(source, flags)
    this.#degree = degreeOf(this.source)
    this.#patience = patience
  }

  override exec(text: string): RegExpExecArray | null {
    if (text.length ** this.#degree <= mostSteps) return super.exec(text)
    return limited(() => super.exec(text), this.#patience, this.source)
  }
}

/** Milliseconds do, whatever the machine. */
const mostSteps = 1_000_000
/** Milliseconds of processor time for one text. */
const mostMilliseconds = 100
/** Milliseconds of anybody's time: where others keep the processor busy, an honest pattern takes longer. */
const again = 6_400

/** For the patterns of one query. */
export function newPatience(): Patience {
  return { left: 5_000 }
}

function limited<T>(work: () => T, patience: Patience | undefined, source: string): T {
  const most = Math.max(1, Math.min(mostMilliseconds, Math.floor(patience?.left ?? mostMilliseconds)))
  const onSpent = (milliseconds: number) => {
    if (patience) patience.left -= milliseconds
  }
  try {
    return inTime(work, { most, again, onSpent })
  } catch (error) {
    throw error instanceof TookTooLong ? tooSlow(source) : error
  }
}

function tooSlow(source: string): CommitbaseError {
  return new CommitbaseError(
    'invalid',
    `the pattern ${JSON.stringify(source.slice(0, 80))} takes too long: repeat nothing that repeats, and begin it with ^`,
  )
}

/**
 * The power of a text's length that a search may take at most: one for where it begins and one for each repetition. Infinite where a
 * group repeats that has a choice or a repetition in it, or where what was found before is asked for again.
 */
export function degreeOf(source: string): number {
  let repetitions = 0
  /** Whether each open group has a choice in it; the last one is the innermost. */
  const groups: boolean[] = []
  /** Whether what stands right before is a group with a choice in it. */
  let chooses = false
  const choose = () => {
    if (groups.length > 0) groups[groups.length - 1] = true
  }
  for (const [part] of source.matchAll(parts)) {
    if (part.startsWith('(')) groups.push(false)
    else if (part === ')') {
      chooses = groups.pop() ?? false
      if (chooses) choose()
      continue
    } else if (part === '|') choose()
    else if (/^\\(?:[1-9]|k)/.test(part)) return Number.POSITIVE_INFINITY
    else if (/^[*+?{]/.test(part)) {
      if (chooses) return Number.POSITIVE_INFINITY
      repetitions++
      choose()
    }
    chooses = false
  }
  return repetitions + 1
}

/** An escape, a class, the beginning of a group with what kind it is, a repetition with how eager it is, or any other character. */
const parts = /\\.|\[(?:\\.|[^\]\\])*\]|\((?:\?(?:[:=!]|<[=!]|<[^>]*>))?|(?:[*+?]|\{\d+(?:,\d*)?\})\??|./gs
