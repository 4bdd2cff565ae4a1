import { blocks } from './blocks.ts'
import { allBut, type Characters } from './characters.ts'
import { inAnyCase, plain, properties, questions } from './properties.ts'

/** `\d`, `\s`, `\w`, `\h`, `\v`, `\R`'s single ones, and with a capital letter all others. */
export function shorthand(letter: string): Characters | undefined {
  const named = shorthands[letter.toLowerCase()]
  if (named === undefined) return undefined
  return letter === letter.toLowerCase() ? named : allBut(named)
}

/** What `\p{…}` names: of POSIX in ASCII, a category, a script, a block, a property, or a question of java.lang.Character's. */
export function propertyNamed(name: string, isCaseCounted: boolean): Characters | undefined {
  const written = writtenAs(name)
  if (written === undefined) return undefined
  return classOf(isCaseCounted ? written : (own(inAnyCase, written) ?? written))
}

/** As a class of JavaScript's. */
function writtenAs(name: string): string | undefined {
  const [, prefix, key, rest = ''] = /^(?:(java|Is|In)|([a-z_]+)=)(.*)$/is.exec(name) ?? []
  switch (prefix ?? key?.toLowerCase()) {
    case 'java':
      return own(questions, rest)
    case 'Is':
      return own(properties, rest.toUpperCase()) ?? general(rest) ?? script(rest)
    case 'In':
    case 'blk':
    case 'block':
      return block(rest)
    case 'gc':
    case 'general_category':
      return general(rest)
    case 'sc':
    case 'script':
      return script(rest)
    default:
      return general(name)
  }
}

function general(name: string): string | undefined {
  return own(plain, name) ?? (name.length <= 2 ? known(`\\p{General_Category=${name}}`) : undefined)
}

/** As Unicode writes it, which Java writes in any case. */
function script(name: string): string | undefined {
  if (name.toUpperCase() === 'SIGNWRITING') return '\\p{Script=SignWriting}'
  return known(`\\p{Script=${name.toLowerCase().replace(/(^|_)[a-z]/g, (letter) => letter.toUpperCase())}}`)
}

function block(name: string): string | undefined {
  blocksByName ??= readBlocks()
  return name === '' ? undefined : blocksByName.get(name.toUpperCase())
}

function own(table: Record<string, string>, name: string): string | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined
}

/** Undefined where JavaScript does not know it. */
function known(written: string): string | undefined {
  try {
    classOf(written)
    return written
  } catch {
    return undefined
  }
}

const made = new Map<string, Characters>()

function classOf(written: string): Characters {
  let characters = made.get(written)
  if (characters === undefined) {
    const pattern = new RegExp(`^[${written}]`, 'v')
    characters = { has: (codePoint) => pattern.test(String.fromCodePoint(codePoint)), cost: 8 }
    made.set(written, characters)
  }
  return characters
}

let blocksByName: Map<string, string> | undefined

/** By their names in capitals, with their spaces or without; the first name with `_` as well. */
function readBlocks(): Map<string, string> {
  const byName = new Map<string, string>()
  for (const [, first, last, name, other = ''] of blocks.matchAll(/^(\w+)-(\w+) ([^|\n]+)\|?(.*)$/gm)) {
    const written = `\\u{${first}}-\\u{${last}}`
    for (const spelled of [name!, other]) {
      for (const spelling of [spelled, spelled.replaceAll(' ', '')]) byName.set(spelling.toUpperCase(), written)
    }
    byName.set(name!.toUpperCase().replaceAll(/[ -]/g, '_'), written)
  }
  return byName
}

const shorthands: Record<string, Characters> = {
  d: classOf('0-9'),
  s: classOf(' \\t\\n\\v\\f\\r'),
  w: classOf('A-Za-z0-9_'),
  h: classOf(' \\t\\xA0\\u1680\\u180e\\u2000-\\u200a\\u202f\\u205f\\u3000'),
  v: classOf('\\n\\v\\f\\r\\x85\\u2028\\u2029'),
}
