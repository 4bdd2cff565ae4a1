import { maskPieces } from './maskPieces.ts'

/** Puts `***` in the place of secrets. */
export interface Mask {
  text(text: string): string
  /** Masks every text in a JSON value, names too, and numbers that are a secret's digits. */
  value<T>(value: T): T
}

/**
 * Masks these values, as they are and as an answer may echo them: URL-encoded, JSON- or HTML-escaped, in hex, in base64 also as
 * part of something longer, and pieces of any of these.
 */
export function maskOf(values: readonly string[]): Mask {
  const forms = [...new Set(values.flatMap(formsOf))].sort((a, b) => b.length - a.length)
  if (forms.length === 0) return { text: (text) => text, value: (value) => value }
  const pattern = new RegExp(forms.map(literally).join('|'), 'g')
  const pieces = maskPieces(forms)
  const text = (input: string) => pieces(input.replace(pattern, '***'))
  const value = (input: unknown): unknown => {
    if (typeof input === 'string') return text(input)
    if (typeof input === 'number') return text(String(input)) === String(input) ? input : '***'
    if (Array.isArray(input)) return input.map(value)
    if (typeof input !== 'object' || input === null) return input
    return Object.fromEntries(Object.entries(input).map(([name, item]) => [text(name), value(item)]))
  }
  return { text, value: <T>(input: T) => value(input) as T }
}

/** A text as a pattern of itself. */
function literally(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
}

function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret)
  const percent = percentEncoded(secret)
  const json = JSON.stringify(secret).slice(1, -1)
  return [
    secret,
    percent,
    percent.replaceAll(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
    percent.replaceAll('%20', '+'),
    new URLSearchParams([['', secret]]).toString().slice(1),
    json,
    json.replaceAll('/', '\\/'),
    htmlEscaped(secret),
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
    ...base64Forms(bytes),
  ].filter((form) => form.length >= 4)
}

/** A lone surrogate has no percent-encoding. */
function percentEncoded(text: string): string {
  return encodeURIComponent(text.toWellFormed())
}

function htmlEscaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
}

/** Base64 spells the same bytes in three ways, by what stands before them: the characters of each that depend on the secret alone. */
function base64Forms(bytes: Buffer): string[] {
  const whole = bytes.toString('base64')
  const inner = [0, 1, 2].map((before) => {
    const spelled = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replaceAll('=', '')
    const partial = (before + bytes.length) % 3 === 0 ? 0 : 1
    return spelled.slice([0, 2, 3][before], spelled.length - partial)
  })
  const standard = [whole, whole.replaceAll('=', ''), ...inner.filter((form) => form.length >= 8)]
  return standard.flatMap((form) => [form, form.replaceAll('+', '-').replaceAll('/', '_')])
}
