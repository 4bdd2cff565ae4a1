import { DateTime } from 'luxon'

const shape = /^(\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d(?::?\d\d)?))(?:\[([^\]]+)\])?$/i

/** A date and time with its offset (and perhaps a zone's name in brackets) in milliseconds since the epoch; undefined for any other text. */
export function instantOf(text: string): number | undefined {
  const read = readDateTime(text)
  return read?.toMillis()
}

/** The same as Java prints it: `2026-01-01T10:00+01:00[Europe/Berlin]`, seconds only where there are some. */
export function printedDateTime(text: string): string | undefined {
  const read = readDateTime(text)
  if (read === undefined) return undefined
  const [, , zone] = shape.exec(text)!
  const fraction = (/\.(\d+)/.exec(text)?.[1] ?? '').padEnd(9, '0').replace(/(000)+$/, '')
  const seconds = read.second === 0 && fraction === '' ? '' : read.toFormat(':ss')
  const offset = read.offset === 0 ? 'Z' : read.toFormat('ZZ')
  return `${read.toFormat("yyyy-MM-dd'T'HH:mm")}${seconds}${fraction && `.${fraction}`}${offset}${zone ? `[${zone}]` : ''}`
}

/** FEEL's date and time may have no zone: then it is UTC. */
export function zoned(text: string): string {
  return /(Z|[+-]\d\d:?\d\d|\]|@.*)$/.test(text) ? text : `${text}Z`
}

/** A zone's own offset counts before the one that is written. */
function readDateTime(text: string): DateTime | undefined {
  const [, dateTime, zone] = shape.exec(text) ?? []
  if (dateTime === undefined) return undefined
  const read = DateTime.fromISO(dateTime.toUpperCase(), { setZone: true })
  const there = zone === undefined ? read : read.setZone(zone)
  return there.isValid ? there : undefined
}
