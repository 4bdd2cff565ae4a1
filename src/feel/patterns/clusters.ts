/*
 * Grapheme clusters: what a reader takes for one character (Unicode's annex 29, table 1b). Not by Intl.Segmenter: each time that it is asked
 * takes memory that is not freed for long.
 */

const prepending =
  '\\u{600}-\\u{605}\\u{6DD}\\u{70F}\\u{890}\\u{891}\\u{8E2}\\u{D4E}\\u{110BD}\\u{110CD}\\u{111C2}\\u{111C3}\\u{1193F}\\u{11941}\\u{11A3A}\\u{11A84}-\\u{11A89}\\u{11D46}\\u{11F02}'
const control = `[[\\p{Cc}\\p{Zl}\\p{Zp}\\p{Cf}\\p{Cs}]--[\\u{200C}\\u{200D}\\p{Grapheme_Extend}${prepending}]]`
const spaced =
  '[[\\p{Mc}\\u{E33}\\u{EB3}]--[\\u{102B}\\u{102C}\\u{1038}\\u{1062}-\\u{1064}\\u{1067}-\\u{106D}\\u{1083}\\u{1087}-\\u{108C}\\u{108F}\\u{109A}-\\u{109C}\\u{1A61}\\u{1A63}\\u{1A64}\\u{AA7B}\\u{AA7D}\\u{11720}\\u{11721}]]'
const extending = '\\p{Grapheme_Extend}\\p{Emoji_Modifier}'

/** Leading, vowels, trailing; syllables without trailing ones are every 28th. */
const [leading, vowels, trailing] = [
  '[\\u{1100}-\\u{115F}\\u{A960}-\\u{A97C}]',
  '[\\u{1160}-\\u{11A7}\\u{D7B0}-\\u{D7C6}]',
  '[\\u{11A8}-\\u{11FF}\\u{D7CB}-\\u{D7FB}]',
]
const open = `[${Array.from({ length: 399 }, (_, index) => String.fromCharCode(0xac00 + 28 * index)).join('')}]`
const hangul = `${leading}*(?:${vowels}+|${open}${vowels}*|[\\u{AC00}-\\u{D7A3}])${trailing}*|${leading}+|${trailing}+`
const emoji = `\\p{Extended_Pictographic}(?:[${extending}]*\\u{200D}\\p{Extended_Pictographic})*`
const core = `(?:${hangul}|\\p{RI}\\p{RI}|${emoji}|(?!${control})[\\s\\S])`

const cluster = new RegExp(`\\r\\n|${control}|[${prepending}]*${core}[${extending}\\u{200D}${spaced}]*`, 'vy')

/** How long the one is that begins there; 0 at the end. */
export function clusterAt(input: string, at: number): number {
  cluster.lastIndex = at
  return cluster.exec(input)?.[0].length ?? 0
}
