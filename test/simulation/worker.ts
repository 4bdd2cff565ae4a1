import { setImmediate } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { type Simulated, simulate } from './simulate.ts'
import type { Share } from './simulateMany.ts'

const { from, seeds, every } = workerData as Share
const several = 20

// What is not in memory is thrown: a fifth of the time went into stacks. A seed that is replayed has them.
Error.stackTraceLimit = 0

for (let done = 0; done < seeds; ) {
  const some: Simulated[] = []
  for (; some.length < several && done < seeds; done++) some.push(await simulate(from + done * every))
  parentPort!.postMessage(some)
  await setImmediate()
}
