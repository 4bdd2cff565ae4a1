import { runApart } from '../apart.ts'
import type { ClientName } from '../engine/client.ts'
import type { LoadResult, LoadTask } from '../engine/load.ts'
import type { RoundTripTask } from '../engine/roundTrip.ts'
import { startEngineProcess } from '../engine/startEngineProcess.ts'
import { judge } from '../judge.ts'
import type { Latency } from '../ours/latency.ts'
import type { Cell, Line } from '../report/cell.ts'
import type { Row, RowOptions } from '../row.ts'
import { newPath } from '../scratch.ts'

/** What runs under load a client can tell, and what takes processor time only the process itself. */
interface Measured extends LoadResult {
  readonly engineCpu?: number
  readonly trip: Latency
}

const inFlight = 128
const repeats = 3

export const engine: Row = {
  name: 'engine',
  text: 'instances of start, job, message, end over gRPC, and a round trip with result; beside a Zeebe that you started',
  byNameOnly: true,
  async measure(options) {
    const clients = ['zeebe-node', 'grpc-js'] as const
    const lines: Line[] = []
    for (const client of clients) lines.push(lineOf(`Commitbase, ${client}`, await measureOurs(client, options)))
    lines.push(await measureZeebe(options))
    return {
      title: 'The engine: instances of start → job → message → end over gRPC, and one round trip with result',
      text: `The embedded engine on a repository of its own in one process, durable before it answers; the client, its worker included, in another on the same cores. ${inFlight} instances at a time: each is created, its worker publishes the message that it will wait for and completes the job; over when that is answered. zeebe-node is the client with its worker (which polls each millisecond), grpc-js the bare library: the difference is the client's own. The round trip is CreateProcessInstanceWithResult through one job, one after the other. Processor time is an instance's; of ${repeats} runs the one in the middle is told, by its rate.`,
      columns: [
        'instances/s',
        'engine CPU',
        'client CPU',
        'instance p50',
        'instance p99',
        'round trip p50',
        'round trip p99',
      ],
      lines: [...lines, zeebeElsewhere, toReach],
    }
  },
}

async function measureOurs(client: ClientName, { quick, say }: RowOptions): Promise<Measured> {
  const folder = await newPath('engine.git')
  const process = await startEngineProcess(folder)
  const runs: Measured[] = []
  for (let run = 1; run <= (quick ? 1 : repeats); run += 1) {
    say(`${client}, run ${run}`)
    const before = await process.usage()
    const loaded = await load(process.address, client, quick)
    const { cpu } = await process.usage()
    runs.push({
      ...loaded,
      engineCpu: (cpu - before.cpu) / (loaded.count + loaded.warmUp),
      trip: await roundTrip(process.address, client, quick),
    })
  }
  await process.stop()
  await judge(folder)
  return middleOf(runs)
}

/** One that the user started and we know nothing of but its address. */
async function measureZeebe({ zeebe, quick, say }: RowOptions): Promise<Line> {
  if (zeebe === undefined) return missing('Zeebe', 'none was named: start one and say --zeebe <host:port>')
  const who = `Zeebe at ${zeebe}, zeebe-node`
  try {
    say(who)
    const loaded = await load(zeebe, 'zeebe-node', quick)
    return lineOf(who, { ...loaded, trip: await roundTrip(zeebe, 'zeebe-node', quick) })
  } catch (error) {
    return missing(who, (error as Error).message)
  }
}

function missing(who: string, reason: string): Line {
  return { who, cells: Array.from({ length: 7 }, () => ({ reason })) }
}

async function load(address: string, client: ClientName, quick: boolean) {
  const counts = { warmUp: 2_000, count: quick ? 2_000 : 10_000 }
  const task: LoadTask = { address, client, inFlight, ...counts }
  const module = new URL('../engine/load.ts', import.meta.url)
  return { ...counts, ...(await runApart<LoadResult>(module, task, { limit: 180_000 })) }
}

function roundTrip(address: string, client: ClientName, quick: boolean): Promise<Latency> {
  const task: RoundTripTask = { address, client, warmUp: 200, count: quick ? 200 : 1_000 }
  return runApart<Latency>(new URL('../engine/roundTrip.ts', import.meta.url), task, { limit: 120_000 })
}

function middleOf(runs: readonly Measured[]): Measured {
  return runs.toSorted((a, b) => a.rate - b.rate)[Math.floor(runs.length / 2)]!
}

function lineOf(who: string, { rate, engineCpu, clientCpu, p50, p99, trip }: Measured): Line {
  const ms = (value: number): Cell => ({ value, unit: 'ms' })
  const cpu: Cell = engineCpu === undefined ? { reason: 'its processor time is not ours to read' } : ms(engineCpu)
  return {
    who,
    cells: [{ value: rate, unit: 'instances/s' }, cpu, ms(clientCpu), ms(p50), ms(p99), ms(trip.p50), ms(trip.p99)],
  }
}

/** Measured once by hand, with the real one's back-pressure off; not in this run. */
const zeebeElsewhere: Line = {
  who: 'Zeebe 8.6.0 in another run, not this one: 2 cores, zeebe-node, 128 at a time',
  cells: ['300/s', '', '', '', '', '20 ms', ''].map((text) => ({ text })),
}

const toReach: Line = { who: 'to reach', cells: ['≥ 1,500/s', '', '', '', '', '≤ 5 ms', ''].map((text) => ({ text })) }
