import { allBut, type Characters } from './characters.ts'

/** `\d`, `\s`, `\w`, `\h`, `\v`, `\R`'s single ones, and with a capital letter all others. */
export function shorthand(letter: string): Characters | undefined {
  const named = shorthands[letter.toLowerCase()]
  if (named === undefined) return undefined
  return letter === letter.toLowerCase() ? named : allBut(named)
}

/** What `\p{…}` names: of POSIX in ASCII, a category, a script, a property, or a question of java.lang.Character's. */
export function propertyNamed(name: string): Characters | undefined {
  if (Object.hasOwn(posix, name)) return posix[name]
  const [, prefix = '', rest = ''] = /^(java|Is|(?:gc|general_category|sc|script)=)?(.*)$/i.exec(name)!
  for (const property of candidates(prefix.toLowerCase(), rest)) {
    const found = unicode(property)
    if (found !== undefined) return found
  }
  return undefined
}

/** Names as Unicode writes them, which Java writes in any case and a few otherwise. */
function candidates(prefix: string, name: string): string[] {
  if (prefix === 'java') return Object.hasOwn(javaProperties, name) ? [javaProperties[name]!] : []
  const written = name.toLowerCase().replace(/(^|_)[a-z]/g, (letter) => letter.toUpperCase())
  const category = [`General_Category=${name}`]
  const script = [`Script=${written}`]
  if (prefix === '') return name === 'LC' || name.length <= 2 ? category : []
  if (prefix.startsWith('g')) return category
  if (prefix.startsWith('s')) return script
  return name.length <= 2 ? category : [...binary(written), ...script]
}

function binary(written: string): string[] {
  const property = Object.hasOwn(javaNames, written) ? javaNames[written]! : written
  return /^(Alphabetic|Ideographic|Lowercase|Uppercase|White_Space|Hex_Digit|Noncharacter_Code_Point|Join_Control|Emoji.*|Extended_Pictographic|General_Category=.*)$/.test(
    property,
  )
    ? [property]
    : []
}

const javaNames: Record<string, string> = {
  Letter: 'General_Category=L',
  Digit: 'General_Category=Nd',
  Punctuation: 'General_Category=P',
  Control: 'General_Category=Cc',
  Titlecase: 'General_Category=Lt',
}

const javaProperties: Record<string, string> = {
  LowerCase: 'Lowercase',
  UpperCase: 'Uppercase',
  Alphabetic: 'Alphabetic',
  Ideographic: 'Ideographic',
  TitleCase: 'General_Category=Lt',
  Digit: 'General_Category=Nd',
  Letter: 'General_Category=L',
  SpaceChar: 'General_Category=Z',
}

const unicodeProperties = new Map<string, Characters | undefined>()

function unicode(property: string): Characters | undefined {
  if (unicodeProperties.has(property)) return unicodeProperties.get(property)
  const made = makeUnicode(property)
  if (made !== undefined) unicodeProperties.set(property, made)
  return made
}

function makeUnicode(property: string): Characters | undefined {
  try {
    const pattern = new RegExp(`^\\p{${property}}`, 'u')
    return { has: (codePoint) => pattern.test(String.fromCodePoint(codePoint)), cost: 8 }
  } catch {
    return undefined
  }
}

/** Of the code points up to U+FFFF. */
function written(characters: string): Characters {
  const pattern = new RegExp(`^[${characters}]`)
  return { has: (codePoint) => pattern.test(String.fromCodePoint(codePoint)), cost: 8 }
}

const shorthands: Record<string, Characters> = {
  d: written('0-9'),
  s: written(' \\t\\n\\v\\f\\r'),
  w: written('A-Za-z0-9_'),
  h: written(' \\t\\xA0\\u1680\\u180e\\u2000-\\u200a\\u202f\\u205f\\u3000'),
  v: written('\\n\\v\\f\\r\\x85\\u2028\\u2029'),
}

const posix: Record<string, Characters> = {
  Lower: written('a-z'),
  Upper: written('A-Z'),
  ASCII: written('\\x00-\\x7F'),
  Alpha: written('A-Za-z'),
  Digit: written('0-9'),
  Alnum: written('A-Za-z0-9'),
  Punct: written('!-\\/:-@\\[-`{-~'),
  Graph: written('!-~'),
  Print: written(' -~'),
  Blank: written(' \\t'),
  Cntrl: written('\\x00-\\x1F\\x7F'),
  XDigit: written('0-9A-Fa-f'),
  Space: written(' \\t\\n\\v\\f\\r'),
}
