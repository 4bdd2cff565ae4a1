import { BlockList, isIP, isIPv6 } from 'node:net'
import { CommitbaseError } from '../../errors.ts'

/** Where the HTTP worker may send requests: to the public internet, and to what its operator allows beside it. */
export interface Reach {
  /** Whether the operator named this host: then it may be at any address. */
  isNamed(url: URL): boolean
  /** Whether an IP address may be asked: a public one, or one that the operator allows. */
  mayAsk(address: string): boolean
}

/**
 * Each text of `allow` is a host (`intern.example.com`, any port), `host:port`, `*.example.com`, an origin (`http://10.0.0.7:8080`), an address
 * (`10.0.0.7`) or a network (`10.0.0.0/8`). Throws `invalid` for what is none.
 */
export function createReach(allow: readonly string[]): Reach {
  const networks = new BlockList()
  const names: string[] = []
  for (const text of allow.map((text) => text.trim()).filter(Boolean)) {
    if (!addNetwork(networks, text)) names.push(checkHost(text))
  }
  return {
    isNamed: (url) => names.some((name) => isNamedBy(name, url)),
    mayAsk: (address) => isPublic(address) || networks.check(bare(address), familyOf(address)),
  }
}

/** The list that `ALLOW_HOSTS` holds: `host,host`. */
export function parseAllow(text = ''): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean)
}

/** IANA's registries of special-purpose addresses: not globally reachable, multicast, or a way round to any of them. */
const special = new BlockList()
for (const network of [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
  // Within 2000::/3: protocol assignments (Teredo among them), documentation, 6to4, which has an IPv4 address in it.
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  '3fff::/20',
])
  addNetwork(special, network)

/** All of IPv6 that is routed lies here; mapped and translated IPv4, loopback, link-local and unique local addresses do not. */
const routed = new BlockList()
routed.addSubnet('2000::', 3, 'ipv6')

function isPublic(address: string): boolean {
  const plain = bare(address)
  if (isIP(plain) === 0) return false
  if (isIPv6(plain) && !routed.check(plain, 'ipv6')) return false
  return !special.check(plain, familyOf(plain))
}

/** Whether it was an address or a network. */
function addNetwork(list: BlockList, text: string): boolean {
  const [address = '', bits, ...rest] = bare(text).split('/')
  const family = isIP(address)
  if (family === 0 || rest.length > 0) return false
  const most = family === 6 ? 128 : 32
  if (bits !== undefined && !(/^\d{1,3}$/.test(bits) && Number(bits) <= most)) return false
  list.addSubnet(address, Number(bits ?? most), familyOf(address))
  return true
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIPv6(bare(address)) ? 'ipv6' : 'ipv4'
}

/** Without the brackets that a URL puts round IPv6, and without a zone. */
function bare(address: string): string {
  return address.replace(/^\[|\]$/g, '').replace(/%.*$/, '')
}

function isNamedBy(name: string, url: URL): boolean {
  if (name.includes('://')) return new URL(name).origin === url.origin
  if (name.startsWith('*.')) return url.hostname.endsWith(name.slice(1)) && url.hostname.length >= name.length
  const port = url.port || (url.protocol === 'https:' ? '443' : '80')
  return name === url.hostname || name === `${url.hostname}:${port}`
}

function checkHost(text: string): string {
  const isOrigin = /^https?:\/\//.test(text)
  const url = URL.parse(isOrigin ? text : `http://${text.replace(/^\*\./, '')}`)
  if (url && (url.pathname === '/' || isOrigin) && url.username === '') return text.toLowerCase()
  throw new CommitbaseError(
    'invalid',
    `what the worker may reach is a host, host:port, *.host, an origin, an address or a network such as 10.0.0.0/8; got '${text}'`,
  )
}
