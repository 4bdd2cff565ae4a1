/** One run of a seed in a thread that has seen no other: posts what it tells. */
import { parentPort, workerData } from 'node:worker_threads'
import { simulate } from './simulate.ts'

const lines: string[] = []
await simulate(workerData as number, (line) => lines.push(line))
parentPort!.postMessage(lines)
