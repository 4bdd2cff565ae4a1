import { CommitbaseError } from '../../errors.ts'

/** Requests to `from` (an origin, perhaps with a path) go to `to` instead. */
export interface Mapping {
  readonly from: URL
  readonly to: URL
}

/** Reads `https://api.github.com=http://127.0.0.1:8080`, one text a mapping. Throws `invalid` for what is none. */
export function parseMap(texts: readonly string[]): Mapping[] {
  return texts.map((text) => {
    const separator = text.indexOf('=')
    const [from, to] = [httpUrl(text.slice(0, Math.max(0, separator))), httpUrl(text.slice(separator + 1))]
    if (!from || !to)
      throw new CommitbaseError(
        'invalid',
        `a mapping is <url>=<url>, for instance https://api.github.com=http://127.0.0.1:8080; got '${text}'`,
      )
    return { from, to }
  })
}

/** Where a request really goes: the first mapping counts whose `from` the URL begins with, at a path's border. */
export function mapUrl(url: URL, map: readonly Mapping[]): URL {
  for (const { from, to } of map) {
    const base = from.pathname.replace(/\/$/, '')
    if (url.origin !== from.origin || !(url.pathname === base || url.pathname.startsWith(`${base}/`))) continue
    const target = new URL(to)
    target.pathname = to.pathname.replace(/\/$/, '') + url.pathname.slice(base.length)
    target.search = url.search
    return target
  }
  return url
}

/** The hosts that stand in for an origin. */
export function mappedHosts(map: readonly Mapping[], origin: string): string[] {
  return map.filter(({ from }) => from.origin === origin).map(({ to }) => to.origin)
}

function httpUrl(text: string): URL | undefined {
  const url = URL.parse(text.trim())
  return url && (url.protocol === 'http:' || url.protocol === 'https:') ? url : undefined
}
