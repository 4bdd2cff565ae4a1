import { CommitbaseError } from '../errors.ts'
import type { EngineOptions } from './engineOptions.ts'

/** Where the gateway listens, as gRPC wants it. */
export interface Endpoint {
  /** An IPv6 address is in brackets. */
  readonly host: string
  readonly port: string
  readonly plaintext: boolean
}

/** Takes an engine's address apart and decides on TLS. Throws `invalid` where it is none. */
export function endpointOf(options: EngineOptions): Endpoint {
  const { address } = options
  const [scheme, rest] = address.includes('://') ? splitOnce(address, '://') : [undefined, address]
  const secure = scheme === undefined ? undefined : schemes.get(scheme.toLowerCase())
  if (scheme !== undefined && !schemes.has(scheme.toLowerCase())) throw notAnAddress(address)
  const url = URL.parse(`http://${rest}`)
  if (!url || url.hostname === '' || url.username !== '') throw notAnAddress(address)
  const host = url.hostname
  const hasCredentials = options.oauth !== undefined || options.basicAuth !== undefined
  const plaintext = options.plaintext ?? (secure === undefined ? isLoopback(host) || !hasCredentials : !secure)
  return { host, port: portOf(rest, url) ?? (secure ? '443' : '26500'), plaintext }
}

/** Whether a host (as a URL has it) is this machine itself. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host)
}

/** Whether each scheme means TLS; undefined where it says nothing. */
const schemes = new Map<string, boolean | undefined>([
  ['http', false],
  ['grpc', false],
  ['https', true],
  ['grpcs', true],
  ['zeebe', undefined],
])

/** `URL` hides the port 80; what is written counts. */
function portOf(rest: string, url: URL): string | undefined {
  if (url.port !== '') return url.port
  return /:80(\/|$)/.test(rest) ? '80' : undefined
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator)
  return [text.slice(0, at), text.slice(at + separator.length)]
}

function notAnAddress(address: string): CommitbaseError {
  return new CommitbaseError(
    'invalid',
    `an engine's address is host:port, for instance 127.0.0.1:26500; got '${address}'`,
  )
}
