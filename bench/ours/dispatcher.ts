import { Agent, request } from 'node:http'
import { recordOf, writeAt } from '../records.ts'
import { openLoop } from './openLoop.ts'

export interface DispatchTask {
  /** The hub's, such as `http://127.0.0.1:8080`. */
  readonly address: string
  readonly token: string
  readonly size: number
  readonly rate: number
  readonly seconds: number
}

/** When each event was due, by its id, in milliseconds since 1970, in that order. */
export type Sent = ReadonlyMap<string, number>

/** Sends dispatches at a fixed rate, from a process of its own. Throws where one is not answered with 204. */
export async function measure({ address, token, size, rate, seconds }: DispatchTask): Promise<Sent> {
  const agent = new Agent({ keepAlive: true, maxSockets: 256 })
  const sent = new Map<string, number>()
  const start = performance.timeOrigin + performance.now()
  await openLoop(rate, seconds, async (number) => {
    const { place, version } = writeAt(size, number)
    const id = `dispatch-${number}`
    sent.set(id, start + (number * 1000) / rate)
    const body = { event_type: 'restock', client_payload: { event_id: id, record: recordOf(place, version) } }
    await post(`${address}/repos/octo/shop/dispatches`, token, JSON.stringify(body), agent)
  })
  agent.destroy()
  return sent
}

/** node:http alone: the hub has the same cores. */
async function post(url: string, token: string, body: string, agent: Agent): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<number | undefined>()
  const headers = {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
  }
  const sending = request(url, { method: 'POST', agent, headers }, (response) => {
    response.resume().once('end', () => resolve(response.statusCode))
  })
  sending.once('error', reject).end(body)
  const status = await promise
  if (status !== 204) throw new Error(`a dispatch was answered with ${status}`)
}
