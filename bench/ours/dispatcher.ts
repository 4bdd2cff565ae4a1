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
  /** What comes before, and is not among what it gives: both processes compile what they run often. */
  readonly warmUp: { readonly rate: number; readonly seconds: number }
}

/** When each event was due, by its id, in milliseconds since 1970, in that order. */
export type Sent = ReadonlyMap<string, number>

/** Sends dispatches at a fixed rate, from a process of its own. Throws where one is not answered with 204. */
export async function measure({ address, token, size, rate, seconds, warmUp }: DispatchTask): Promise<Sent> {
  const http = new PlainHttp({ address, path: '/repos/octo/shop/dispatches', token })
  const first = Math.floor(warmUp.rate * warmUp.seconds)
  const dispatch = async (number: number) => {
    const { place, version } = writeAt(size, number)
    const body = { event_type: 'restock', client_payload: { event_id: idOf(number), record: recordOf(place, version) } }
    const status = await http.post(JSON.stringify(body))
    if (status !== 204) throw new Error(`a dispatch was answered with ${status}`)
  }
  await openLoop(warmUp.rate, warmUp.seconds, dispatch)
  const sent = new Map<string, number>()
  const start = performance.timeOrigin + performance.now()
  await openLoop(rate, seconds, async (number) => {
    sent.set(idOf(first + number), start + (number * 1000) / rate)
    await dispatch(first + number)
  })
  http.close()
  return sent
}

function idOf(number: number): string {
  return `dispatch-${number}`
}
