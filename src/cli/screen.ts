import { createColors } from 'picocolors'
import { printable, printableJson } from '../hub/printable.ts'
import type { StoryLine } from './story.ts'

/** Where a command tells its user what happens: text for a person, one JSON object a line for a program. */
export interface Screen {
  /** A headline: what comes now. */
  section(text: string): void
  /** An event's way, from its dispatch to its message. */
  story(line: StoryLine): void
  /** The end of what a headline announced; `ok` false: it did not come true. */
  outcome(text: string, ok: boolean, milliseconds: number): void
  /** Something beside the events. */
  note(text: string): void
  /** Something to know or to try: what it is, and the command, path or address. */
  hint(what: string, value: string): void
  warning(text: string): void
}

export interface ScreenOptions {
  readonly write: (text: string) => void
  readonly json: boolean
  readonly color: boolean
}

export function openScreen({ write, json, color }: ScreenOptions): Screen {
  return json ? jsonScreen(write) : textScreen(write, color)
}

function jsonScreen(write: ScreenOptions['write']): Screen {
  const print = (line: object) => write(`${printableJson(line)}\n`)
  return {
    section: (text) => print({ type: 'section', text }),
    story: (line) => print({ type: 'event', ...line }),
    outcome: (text, ok, milliseconds) => print({ type: 'outcome', text, ok, milliseconds }),
    note: (text) => print({ type: 'note', text }),
    hint: (what, value) => print({ type: 'hint', what, value }),
    warning: (text) => print({ type: 'warning', text }),
  }
}

function textScreen(write: ScreenOptions['write'], color: boolean): Screen {
  const { bold, cyan, dim, green, magenta, red, yellow } = createColors(color)
  const print = (text: string) => write(`${text}\n`)
  return {
    section: (text) => print(`\n${bold(lines(text))}`),
    story: ({ event, commit, subject, message, note, failed, milliseconds }) => {
      const parts = [`${cyan(printable(event.type))} ${dim(printable(shortened(event.id)))}`]
      if (commit && subject) parts.push(`${yellow(printable(commit.slice(0, 7)))} ${printable(subject)}`)
      if (note) parts.push(failed ? red(printable(note)) : dim(printable(note)))
      if (message) parts.push(`${magenta(printable(message.name))} ${dim(printable(message.correlationKey))}`)
      print(`  ${parts.join(dim(' → '))} ${dim(`${Math.round(milliseconds)} ms`)}`)
    },
    outcome: (text, ok, milliseconds) =>
      print(`  ${ok ? green('✓') : red('✗')} ${lines(text)} ${dim(`${Math.round(milliseconds)} ms`)}`),
    note: (text) => print(`  ${lines(text)}`),
    hint: (what, value) => print(`  ${printable(what).padEnd(34)} ${printable(value)}`),
    warning: (text) => print(yellow(lines(text))),
  }
}

/** What came from outside cannot steer the terminal, nor begin a line of its own. */
function lines(text: string): string {
  return printable(text, { lines: true })
}

/** The end of an id tells more than its beginning: that of an engine's job, of a UUIDv7. */
function shortened(id: string): string {
  return id.length > 13 ? `…${id.slice(-12)}` : id
}
