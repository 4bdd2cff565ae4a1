import { runApart } from '../apart.ts'
import { connectClient } from '../engine/client.ts'
import type { LoadResult, LoadTask } from '../engine/load.ts'
import type { PublishingTask } from '../engine/publishing.ts'
import { type EngineProcess, startEngineProcess } from '../engine/startEngineProcess.ts'
import type { WaitingTask } from '../engine/waiting.ts'
import { judge } from '../judge.ts'
import type { Latency } from '../ours/latency.ts'
import type { Cell, Line } from '../report/cell.ts'
import type { Row, RowOptions } from '../row.ts'
import { newPath } from '../scratch.ts'

/** Seconds. */
const rest = 15

export const engineWaiting: Row = {
  name: 'engine-waiting',
  text: 'the engine with 0, 10,000 and 100,000 instances that wait: start, memory, speed',
  byNameOnly: true,
  async measure(options) {
    const lines: Line[] = []
    for (const count of options.quick ? [0, 2_000] : [0, 10_000, 100_000]) lines.push(await measureWith(count, options))
    return {
      title: 'The engine beside instances that wait for a message',
      text: `A repository of its own for each line. Start: from the beginning of the engine's process to the first call that it answers, on what a killed engine left. It is not the first one after an installation, which compiles for 0.3 s more. Memory is the process's resident set, Node.js's own included: once the instances were started, ${rest} s later, and after that start. Instances of start → job → message → end with grpc-js as in the table above, 128 at a time. The publish correlates and ends an instance that waits; its others wait for messages of the same name.`,
      columns: [
        'started at',
        'memory',
        'at rest',
        'start',
        'memory then',
        'instances/s',
        'engine CPU',
        'publish p50',
        'publish p99',
      ],
      lines: [...lines, ...toReach],
    }
  },
}

async function measureWith(waiting: number, options: RowOptions): Promise<Line> {
  const folder = await newPath('engine.git')
  const process = await startEngineProcess(folder)
  options.say(`${waiting} waiting`)
  const started = waiting > 0 ? await startWaiting(process, waiting) : undefined
  const { rss } = await process.usage()
  // V8 lets go of what it has collected once a process is idle.
  await new Promise((resolve) => setTimeout(resolve, rest * 1_000))
  const atRest = (await process.usage()).rss
  await process.kill()
  // Before anything else runs: the messages of the load are kept for a while.
  const again = await startAgain(folder)
  const speed = await measureSpeed(again.process, waiting, options)
  await again.process.stop()
  await judge(folder)
  return {
    who: `${waiting.toLocaleString('en')} waiting`,
    cells: [started ?? { text: '' }, mebibytes(rss), mebibytes(atRest), ...again.cells, ...speed],
  }
}

async function startWaiting({ address }: EngineProcess, to: number): Promise<Cell> {
  const task: WaitingTask = { address, from: 0, to }
  const module = new URL('../engine/waiting.ts', import.meta.url)
  return { value: await runApart<number>(module, task, { limit: 300_000 }), unit: 'instances/s' }
}

async function measureSpeed(process: EngineProcess, from: number, { quick }: RowOptions): Promise<Cell[]> {
  const { address } = process
  const publishing: PublishingTask = { address, from, warmUp: 200, count: quick ? 200 : 1_000 }
  const module = new URL('../engine/publishing.ts', import.meta.url)
  const { p50, p99 } = await runApart<Latency>(module, publishing, { limit: 120_000 })
  const load: LoadTask = { address, client: 'grpc-js', inFlight: 128, warmUp: 2_000, count: quick ? 2_000 : 10_000 }
  const before = await process.usage()
  const loading = new URL('../engine/load.ts', import.meta.url)
  const { rate } = await runApart<LoadResult>(loading, load, { limit: 180_000 })
  const { cpu } = await process.usage()
  const engineCpu = (cpu - before.cpu) / (load.count + load.warmUp)
  return [
    { value: rate, unit: 'instances/s' },
    { value: engineCpu, unit: 'ms' },
    { value: p50, unit: 'ms' },
    { value: p99, unit: 'ms' },
  ]
}

async function startAgain(folder: string): Promise<{ process: EngineProcess; cells: Cell[] }> {
  const begun = performance.now()
  const process = await startEngineProcess(folder)
  const client = await connectClient('grpc-js', process.address)
  await client.topology()
  const milliseconds = performance.now() - begun
  await client.close()
  const { rss } = await process.usage()
  return { process, cells: [{ value: milliseconds / 1000, unit: 's' }, mebibytes(rss)] }
}

function mebibytes(bytes: number): Cell {
  return { value: bytes / 2 ** 20, unit: 'MiB' }
}

const toReach: readonly Line[] = [
  { who: 'to reach at 0', cells: ['', '', '', '≤ 0.5 s', '', '', '', '', ''].map((text) => ({ text })) },
  { who: 'at 10,000', cells: ['', '', '≤ 200 MiB', '', '', '', '', '', ''].map((text) => ({ text })) },
  {
    who: 'at 100,000',
    cells: ['', '', '', '≤ 3 s', '', 'as at 0', 'as at 0', 'as at 0', ''].map((text) => ({ text })),
  },
]
