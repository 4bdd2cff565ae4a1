import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Hub } from '../../src/hub/hub.ts'
import { ask, dispatch, repository, startTestHub, tokenFor } from '../../src/hub/testing/testHub.ts'

const path = `/repos/${repository}/stream`

test('what happens is told as it happens, by name, with what a person wants to know', async (t) => {
  const hub = await startTestHub(t)
  hub.publishTo({ publish: async () => {} })
  const stream = await openStream(hub)
  await dispatch(hub, 'restock', { event_id: 'e', product: { _id: 'sku-1', stock_level: 1 } })
  const events = await stream.take(3)
  assert.deepEqual(
    events.map(({ event }) => event),
    ['accepted', 'committed', 'message-taken'],
  )
  const [accepted, committed, taken] = events.map(({ data }) => data)
  assert.deepEqual(accepted.event, {
    id: 'e',
    source: 'https://github.com/octo/shop',
    type: 'restock',
    correlationid: 'e',
  })
  assert.match(committed.commit, /^[0-9a-f]{40}$/)
  assert.match(committed.subject, /stock\/sku-1/)
  assert.equal(typeof committed.milliseconds, 'number')
  assert.deepEqual([taken.message.name, taken.message.correlationKey], ['RESTOCKED', 'sku-1'])
  stream.close()
})

test('one who comes back goes on behind the last event it had', async (t) => {
  const hub = await startTestHub(t)
  const first = await openStream(hub)
  await dispatch(hub, 'look', { id: 'x' })
  const [{ id }] = (await first.take(1)) as [Told]
  first.close()
  await hub.idle()
  const second = await openStream(hub, { 'last-event-id': id })
  assert.deepEqual(
    (await second.take(1)).map(({ event }) => event),
    ['unchanged'],
  )
  second.close()
})

test('a stranger hears nothing, and a hub that stops ends its streams', async (t) => {
  const hub = await startTestHub(t)
  assert.equal((await ask(hub, path, { authorization: '' })).status, 401)
  const stream = await openStream(hub, {}, await tokenFor(hub, 'read'))
  await hub.stop()
  assert.deepEqual(await stream.take(1), [])
})

interface Told {
  readonly id: string
  readonly event: string
  // biome-ignore lint/suspicious/noExplicitAny: a happening, as a client that knows no types reads it.
  readonly data: any
}

async function openResponse(hub: Hub, headers: Record<string, string> = {}, token = hub.token) {
  const controller = new AbortController()
  const response = await fetch(`${hub.address}${path}`, {
    headers: { authorization: `Bearer ${token}`, ...headers },
    signal: controller.signal,
  })
  assert.match(String(response.headers.get('content-type')), /^text\/event-stream/)
  return { body: response.body!, close: () => controller.abort() }
}

/** Reads server-sent events as a browser does; comments are no events. */
async function openStream(hub: Hub, headers: Record<string, string> = {}, token = hub.token) {
  const { body, close } = await openResponse(hub, headers, token)
  const chunks = body.pipeThrough(new TextDecoderStream()).values({ preventCancel: true })
  let read = ''
  const take = async (count: number): Promise<Told[]> => {
    const events: Told[] = []
    while (events.length < count) {
      const end = read.indexOf('\n\n')
      if (end < 0) {
        const { value, done } = await chunks.next()
        if (done) return events
        read += value
        continue
      }
      const fields = Object.fromEntries(
        read
          .slice(0, end)
          .split('\n')
          .map((line) => line.split(/: (.*)/s) as [string, string]),
      )
      read = read.slice(end + 2)
      if (fields.event) events.push({ id: fields.id!, event: fields.event, data: JSON.parse(fields.data!) })
    }
    return events
  }
  return { take, close }
}
