import { CommitbaseError } from '../../src/errors.ts'
import type { Answer, Payload, Send } from './workers.ts'

export interface HubAddress {
  /** Such as `http://127.0.0.1:4180`. */
  readonly hub: string
  /** owner/name. */
  readonly repo: string
  readonly token: string
}

/** Sends events to a hub as dispatches, and waits for their receipts. Throws `unavailable` where the hub takes none or is away. */
export function sendToHub(address: HubAddress): Send {
  return async (eventType, payload) => {
    await dispatch(address, eventType, payload)
    return receiptOf(address, String(payload.event_id))
  }
}

/** Milliseconds that one request may wait at the hub for the receipt. */
const wait = 20_000

async function dispatch(address: HubAddress, event_type: string, client_payload: Payload): Promise<void> {
  const body = JSON.stringify({ event_type, client_payload })
  const response = await request(address, 'dispatches', { method: 'POST', body })
  if (response.status !== 204) throw await refusal(response)
}

/** Asks again while the event is accepted and not yet applied. */
async function receiptOf(address: HubAddress, id: string): Promise<Answer> {
  for (;;) {
    const response = await request(address, `events/${encodeURIComponent(id)}?wait=${wait}`)
    if (response.status === 200) return (await response.json()) as Answer
    if (response.status !== 202) throw await refusal(response)
    await response.body?.cancel()
  }
}

async function request({ hub, repo, token }: HubAddress, path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`${hub}/repos/${repo}/${path}`, {
    ...init,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    signal: AbortSignal.timeout(wait + 10_000),
  })
}

async function refusal(response: Response): Promise<CommitbaseError> {
  const text = (await response.text()).slice(0, 500)
  return new CommitbaseError('unavailable', `the hub answered ${response.status}: ${text}`)
}
