import type { IncomingHttpHeaders } from 'node:http'
import { isIP } from 'node:net'
import { Refusal } from '../refusal.ts'

/**
 * Refuses what a web site of somebody else has a browser send here. By its `Host`: a name that leads to this machine although it is
 * not its own (DNS rebinding) has one; an address, `localhost` and the names in `hosts` are its own. By its `Origin` (Fetch §3.1)
 * and `Sec-Fetch-Site`: only the hub's own pages may ask. Whoever is no browser sends neither. Throws a refusal, 403.
 */
export function foreignGuard(hosts: readonly string[]): (headers: IncomingHttpHeaders) => void {
  /** Most requests ask for the same one or two. */
  const own = new Set<string>()
  return ({ host = '', origin, 'sec-fetch-site': site }) => {
    if (!own.has(host)) {
      if (!isOwn(hostNameOf(`http://${host}`), hosts))
        throw foreign(`no host of this hub: '${shorten(host)}'; see --allow-host`)
      if (own.size < 100) own.add(host)
    }
    if (origin !== undefined && URL.parse(origin)?.host !== URL.parse(`http://${host}`)?.host)
      throw foreign(`a page of another site: '${shorten(origin)}'`)
    if (site !== undefined && site !== 'same-origin' && site !== 'none')
      throw foreign(`a page of another site (${shorten(String(site))})`)
  }
}

function hostNameOf(address: string): string | undefined {
  return URL.parse(address)?.hostname.toLowerCase().replace(/\.$/, '')
}

/** A page that was loaded from an address is from there: only a name can be made to lead elsewhere. */
function isOwn(name: string | undefined, hosts: readonly string[]): boolean {
  if (name === undefined || name === '') return false
  if (isIP(name.replace(/^\[|\]$/g, '')) !== 0) return true
  return name === 'localhost' || name.endsWith('.localhost') || hosts.some((host) => host.toLowerCase() === name)
}

function foreign(what: string): Refusal {
  return new Refusal(403, `This request is refused: it comes from ${what}`)
}

function shorten(text: string): string {
  return text.slice(0, 80)
}
