import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { CommitbaseError } from '../../errors.ts'

/** Where a remote is, and how git says there who asks. */
export interface RemoteAddress {
  /** Holds no secret. */
  readonly url: string
  /** Settings for git's environment, the credentials among them. */
  readonly config: Readonly<Record<string, string>>
  /** Takes every form of the credentials out of a text. */
  mask(text: string): string
}

/**
 * Reads the address of a git server: `https:`, `http:`, `ssh:`, `git:`, `file:`, `user@host:path`, or a folder. The token goes
 * into a header of HTTP requests to this server alone; a password that came in the URL goes the same way. Throws `invalid`.
 */
export function readRemoteAddress(address: string, token?: string): RemoteAddress {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(address)) return readUrl(address, token)
  if (/^-|::/.test(address)) throw new CommitbaseError('invalid', `'${address}' is no address of a repository`)
  if (/^[\w.-]+@[\w.-]+:/.test(address)) return { url: address, config: {}, mask: (text) => text }
  return { url: pathToFileURL(resolve(address)).href, config: {}, mask: (text) => text }
}

function readUrl(address: string, token: string | undefined): RemoteAddress {
  const url = parse(address)
  if (!protocols.has(url.protocol)) {
    const known = [...protocols].join(', ')
    throw new CommitbaseError(
      'invalid',
      `'${url.protocol}' is no way to a repository that we know; use one of ${known}`,
    )
  }
  if (!url.protocol.startsWith('http')) return { url: url.href, config: {}, mask: (text) => text }
  const credentials = credentialsOf(url, token)
  url.username = ''
  url.password = ''
  if (!credentials) return { url: url.href, config: {}, mask: (text) => text }
  return { url: url.href, config: headerFor(url, credentials), mask: maskOf(credentials) }
}

function parse(address: string): URL {
  try {
    return new URL(address)
  } catch (cause) {
    const shown = address.replace(/\/\/[^/]*@/, '//***@')
    throw new CommitbaseError('invalid', `'${shown}' is no URL of a repository`, { cause })
  }
}

interface Credentials {
  readonly user: string
  readonly password: string
}

/** GitHub takes any name with a token as the password; it names this one for apps and Actions. */
function credentialsOf({ username, password }: URL, token: string | undefined): Credentials | undefined {
  if (token !== undefined) {
    if (/[^\x21-\x7e]/.test(token))
      throw new CommitbaseError('invalid', 'the token holds a space or a control character')
    return { user: 'x-access-token', password: token }
  }
  return username || password
    ? { user: decodeURIComponent(username), password: decodeURIComponent(password) }
    : undefined
}

/** The helpers of a user's own git are not asked, and do not keep what is ours. */
function headerFor(url: URL, credentials: Credentials): Record<string, string> {
  return {
    [`http.${url.origin}/.extraHeader`]: `Authorization: Basic ${encode(credentials)}`,
    'credential.helper': '',
  }
}

function maskOf(credentials: Credentials): (text: string) => string {
  const forms = [credentials.password, encode(credentials), encodeURIComponent(credentials.password)]
  return (text) => forms.reduce((masked, form) => (form ? masked.replaceAll(form, '***') : masked), text)
}

function encode({ user, password }: Credentials): string {
  return Buffer.from(`${user}:${password}`).toString('base64')
}

const protocols: ReadonlySet<string> = new Set(['https:', 'http:', 'ssh:', 'git:', 'file:'])
