/** Where names begin and go on, and what stands between words (DMN 1.5, §10.3.1.2; names as Java's identifiers). */

export function isSpace(character: string): boolean {
  return character <= ' ' ? spaces.has(character) : character > '~' && spaces.has(character)
}

export function isDigit(character: string): boolean {
  return character >= '0' && character <= '9'
}

export function isNameStart(character: string): boolean {
  return character <= '~' ? /[A-Za-z_$]/.test(character) : /[\p{L}\p{Nl}\p{Sc}\p{Pc}]/u.test(character)
}

export function isNamePart(character: string): boolean {
  return (
    isNameStart(character) ||
    isDigit(character) ||
    (character > '~' && /[\p{Mn}\p{Mc}\p{Nd}\p{Cf}]/u.test(character) && !isSpace(character))
  )
}

const spaces = new Set(
  '\t\n\v\f\r \u0085\u00a0\u1680\u180e\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u2028\u2029\u202f\u205f\u3000\ufeff',
)
