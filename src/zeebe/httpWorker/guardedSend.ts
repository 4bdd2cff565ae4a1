import { lookup as lookUp } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { Agent, fetch } from 'undici'
import type { Send } from './exchange.ts'
import { JobProblem } from './plan.ts'
import type { Reach } from './reach.ts'

/**
 * Sends requests where the worker may reach, and nowhere else: a job's URL must not lead to this machine, its network, or a cloud's
 * metadata. What is connected to is the very address that was checked: a name is looked up once for each connection. Redirects are not
 * followed, environment proxies not used. Rejects with `JobProblem`, without telling where the name leads.
 */
export function guardedSend(reach: Reach, lookup: LookupFunction = lookUp): Send & { close(): Promise<void> } {
  const named = new Agent({ connect: { lookup } })
  const guarded = new Agent({ connect: { lookup: checked(lookup, reach) } })
  const send: Send = (url, init) => {
    const isNamed = reach.isNamed(url)
    if (!isNamed && isAddress(url) && !reach.mayAsk(url.hostname)) throw outOfReach(url.hostname)
    return fetch(url, { ...init, dispatcher: isNamed ? named : guarded })
  }
  return Object.assign(send, {
    close: async () => void (await Promise.all([named, guarded].map((agent) => agent.destroy()))),
  })
}

/** `URL` has brought every spelling of an address (octal, one number, full-width digits) into one form. */
function isAddress({ hostname }: URL): boolean {
  return isIP(hostname.replace(/^\[|\]$/g, '')) !== 0
}

/** One address out of reach among several is reason enough: which of them is taken, is chance. */
function checked(lookup: LookupFunction, reach: Reach): LookupFunction {
  return (hostname, options, callback) =>
    lookup(hostname, options, (error, address, family) => {
      const addresses = typeof address === 'string' ? [address] : (address ?? []).map((each) => each.address)
      const isOutside = addresses.some((each) => !reach.mayAsk(each))
      callback(isOutside ? outOfReach(hostname) : error, address, family)
    })
}

function outOfReach(host: string): JobProblem {
  return new JobProblem(
    `not sent: ${host} is not on the public internet; if the worker should reach it, allow it: ALLOW_HOSTS='${host}'`,
  )
}
