/** What `runApart` starts: takes one argument, measures once, answers, ends. */
import type { Answer } from './apart.ts'

// The benchmark is gone: what it asked for is of no use any more.
process.on('disconnect', () => process.exit())
process.once('message', async (argument) => {
  answer(await measure(argument))
})

async function measure(argument: unknown): Promise<Answer<unknown>> {
  try {
    const module = await import(process.argv[2]!)
    return { result: await module.measure(argument) }
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) }
  }
}

function answer(given: Answer<unknown>): void {
  process.send!(given, () => process.exit())
}
