/*
 * What java.util.regex calls characters within `\p{…}`, as what stands in a class of JavaScript's (with the flag `v`).
 */

/** Without a prefix: POSIX's in ASCII, and a few of Java's own. */
export const plain: Record<string, string> = {
  Lower: 'a-z',
  Upper: 'A-Z',
  ASCII: '\\x00-\\x7F',
  Alpha: 'A-Za-z',
  Digit: '0-9',
  Alnum: 'A-Za-z0-9',
  Punct: '!-\\/:-@\\[-`\\{-~',
  Graph: '!-~',
  Print: ' -~',
  Blank: ' \\t',
  Cntrl: '\\x00-\\x1F\\x7F',
  XDigit: '0-9A-Fa-f',
  Space: ' \\t\\n\\v\\f\\r',
  L1: '\\x00-\\xFF',
  LD: '\\p{L}\\p{Nd}',
  LC: '\\p{Lu}\\p{Ll}\\p{Lt}',
  all: '\\s\\S',
}

const graph = '[\\P{Cn}--[\\p{White_Space}\\p{Cc}\\p{Cs}]]'

/** After `Is`, in any case: Unicode's, and what POSIX's are among all characters. */
export const properties: Record<string, string> = {
  ALNUM: '\\p{Alphabetic}\\p{Nd}',
  ALPHA: '\\p{Alphabetic}',
  BLANK: '\\p{Zs}\\t',
  CNTRL: '\\p{Cc}',
  GRAPH: graph,
  LOWER: '\\p{Lowercase}',
  PRINT: `${graph}\\p{Zs}`,
  PUNCT: '\\p{P}',
  SPACE: '\\p{White_Space}',
  UPPER: '\\p{Uppercase}',
  XDIGIT: '\\p{Nd}\\p{Hex_Digit}',
  ALPHABETIC: '\\p{Alphabetic}',
  LETTER: '\\p{L}',
  IDEOGRAPHIC: '\\p{Ideographic}',
  LOWERCASE: '\\p{Lowercase}',
  UPPERCASE: '\\p{Uppercase}',
  TITLECASE: '\\p{Lt}',
  WHITE_SPACE: '\\p{White_Space}',
  WHITESPACE: '\\p{White_Space}',
  CONTROL: '\\p{Cc}',
  PUNCTUATION: '\\p{P}',
  HEX_DIGIT: '\\p{Nd}\\p{Hex_Digit}',
  HEXDIGIT: '\\p{Nd}\\p{Hex_Digit}',
  ASSIGNED: '\\P{Cn}',
  NONCHARACTER_CODE_POINT: '\\p{Noncharacter_Code_Point}',
  NONCHARACTERCODEPOINT: '\\p{Noncharacter_Code_Point}',
  DIGIT: '\\p{Nd}',
  WORD: '\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\p{Join_Control}',
  JOIN_CONTROL: '\\p{Join_Control}',
  JOINCONTROL: '\\p{Join_Control}',
  EMOJI: '\\p{Emoji}',
  EMOJI_PRESENTATION: '\\p{Emoji_Presentation}',
  EMOJI_MODIFIER: '\\p{Emoji_Modifier}',
  EMOJI_MODIFIER_BASE: '\\p{Emoji_Modifier_Base}',
  EMOJI_COMPONENT: '\\p{Emoji_Component}',
  EXTENDED_PICTOGRAPHIC: '\\p{Extended_Pictographic}',
}

const anyCase = '\\p{Uppercase}\\p{Lowercase}\\p{Lt}'
const ignorable = '\\x00-\\x08\\x0E-\\x1B\\x7F-\\x9F\\p{Cf}'
const javaStart = '\\p{L}\\p{Nl}\\p{Sc}\\p{Pc}'

/** After `java`: questions that java.lang.Character answers. */
export const questions: Record<string, string> = {
  LowerCase: '\\p{Lowercase}',
  UpperCase: '\\p{Uppercase}',
  TitleCase: '\\p{Lt}',
  Alphabetic: '\\p{Alphabetic}',
  Ideographic: '\\p{Ideographic}',
  Digit: '\\p{Nd}',
  Letter: '\\p{L}',
  LetterOrDigit: '\\p{L}\\p{Nd}',
  Defined: '\\P{Cn}',
  SpaceChar: '\\p{Z}',
  Whitespace: '\\t-\\r\\x1C- \\u1680\\u2000-\\u2006\\u2008-\\u200A\\u2028\\u2029\\u205F\\u3000',
  ISOControl: '\\x00-\\x1F\\x7F-\\x9F',
  Mirrored: '\\p{Bidi_Mirrored}',
  IdentifierIgnorable: ignorable,
  JavaIdentifierStart: javaStart,
  JavaIdentifierPart: `${javaStart}\\p{Nd}\\p{Mc}\\p{Mn}${ignorable}`,
  UnicodeIdentifierStart: '\\p{ID_Start}',
  UnicodeIdentifierPart: `\\p{ID_Continue}${ignorable}`,
}

/** Where the case does not count, what tells the cases apart is any of them; all else stays what it is. */
export const inAnyCase: Record<string, string> = {
  'a-z': 'A-Za-z',
  'A-Z': 'A-Za-z',
  '\\p{General_Category=Lu}': plain.LC!,
  '\\p{General_Category=Ll}': plain.LC!,
  '\\p{General_Category=Lt}': plain.LC!,
  '\\p{Lowercase}': anyCase,
  '\\p{Uppercase}': anyCase,
  '\\p{Lt}': anyCase,
}
