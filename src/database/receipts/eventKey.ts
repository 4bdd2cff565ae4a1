import { hash } from 'node:crypto'

/** The name under which an event's receipt and inbox entry are kept: hex SHA-256 of source, NUL, id. */
export function eventKey(source: string, id: string): string {
  return hash('sha256', `${source}\0${id}`)
}
