import { open, stat } from 'node:fs/promises'
import { setTimeout as after } from 'node:timers/promises'
import type { ZeebeRecord } from '../../src/engine/records/record.ts'
import type { Target } from './target.ts'

export interface PeerOptions {
  /** `host:port` of its gateway. */
  readonly gateway: string
  /** Of its management port, such as `http://127.0.0.1:9600`: its clock has to be a controlled one. */
  readonly management: string
  /** The file to which it writes its records, a line of JSON each; what stands before the first brace of a line (a log's prefix) is passed over. */
  readonly records: string
}

/**
 * An engine that somebody else has started and that many scenarios are played on: a Zeebe whose DebugLogExporter writes to a file, or
 * one of ours. `now`: milliseconds since the epoch, for a clock that is to stand where its own does.
 */
export async function openPeer({ gateway, management, records }: PeerOptions): Promise<Target & { now(): number }> {
  let now = Date.now()
  await move(management, 'pin', { epochMilli: now })
  return {
    name: 'peer',
    address: gateway,
    shared: true,
    records: (signal) => follow(records, signal),
    now: () => now,
    async advance(milliseconds) {
      now += milliseconds
      await move(management, 'pin', { epochMilli: now })
    },
    async close() {},
  }
}

/** Its clock stands still but when it is moved: timers come due at the same instants as in a clock of ours. */
async function move(management: string, how: string, to: object): Promise<void> {
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(`${management}/actuator/clock/${how}`, {
    method: 'POST',
    headers,
    body: JSON.stringify(to),
  })
  if (!answer.ok) throw new Error(`the peer's clock does not move: ${answer.status} ${await answer.text()}`)
}

/** Milliseconds between two looks at the file. */
const pause = 20

/** What is written to the file from now on. */
async function* follow(path: string, signal: AbortSignal): AsyncGenerator<ZeebeRecord> {
  let at = (await stat(path)).size
  let rest = ''
  while (!signal.aborted) {
    const text = await readFrom(path, at)
    at += Buffer.byteLength(text)
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      const record = recordIn(line)
      if (record !== undefined) yield record
    }
    if (text === '') await after(pause)
  }
}

async function readFrom(path: string, at: number): Promise<string> {
  const file = await open(path)
  try {
    const { size } = await file.stat()
    const bytes = Buffer.alloc(Math.max(size - at, 0))
    await file.read(bytes, 0, bytes.length, at)
    // A character that is written in two parts is read with the rest of its line.
    return bytes.subarray(0, bytes.lastIndexOf(0x0a) + 1).toString('utf8')
  } finally {
    await file.close()
  }
}

/** Undefined for a line of a log that is none. */
function recordIn(line: string): ZeebeRecord | undefined {
  try {
    const value = JSON.parse(line.slice(line.indexOf('{'))) as Partial<ZeebeRecord>
    return value.valueType === undefined || value.intent === undefined ? undefined : (value as ZeebeRecord)
  } catch {
    return undefined
  }
}
