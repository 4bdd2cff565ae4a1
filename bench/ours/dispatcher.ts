import { recordOf, writeAt } from '../records.ts'
import { openLoop } from './openLoop.ts'
import { PlainHttp } from './plainHttp.ts'

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
  const http = new PlainHttp({ address, path: '/repos/octo/shop/dispatches', token })
  const sent = new Map<string, number>()
  const start = performance.timeOrigin + performance.now()
  await openLoop(rate, seconds, async (number) => {
    const { place, version } = writeAt(size, number)
    const id = `dispatch-${number}`
    sent.set(id, start + (number * 1000) / rate)
    const body = { event_type: 'restock', client_payload: { event_id: id, record: recordOf(place, version) } }
    const status = await http.post(JSON.stringify(body))
    if (status !== 204) throw new Error(`a dispatch was answered with ${status}`)
  })
  http.close()
  return sent
}
