import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { status } from '@grpc/grpc-js'
import { CommitbaseError, codeOf, messageOf } from '../errors.ts'
import { grpcCodeOf } from '../zeebe/call.ts'
import { connect, type Engine } from '../zeebe/connect.ts'
import { optionsFromEnvironment } from '../zeebe/engineOptions.ts'

/** Written by a running installation into its data folder, for commands in other terminals. */
export const addressesFile = 'addresses.json'

export const dataFolder = '.commitbase'

/** What the hub's repository is called unless its user says otherwise. */
export const defaultRepository = 'commitbase/shop'

/** Does the work on the engine that the options name, and closes the connection. Where none answers, the error says what to do. */
export async function onEngine<T>(
  { address, data }: { address?: string | undefined; data: string },
  work: (engine: Engine) => Promise<T>,
): Promise<T> {
  const engine = await connectTo(address, data)
  try {
    return await work(engine)
  } catch (error) {
    if (!isUnanswered(error)) throw error
    const advice = 'start it, or say with --address or ZEEBE_ADDRESS where it is'
    throw new CommitbaseError('unavailable', `${messageOf(error)}; ${advice}`, { cause: error })
  } finally {
    await engine.close()
  }
}

/** An engine that is too busy, or one for which there is no token, is where it was looked for. */
function isUnanswered(error: unknown): boolean {
  if (!(error instanceof CommitbaseError) || codeOf(error) !== 'unavailable') return false
  const code = grpcCodeOf(error.cause)
  return code === status.UNAVAILABLE || code === status.DEADLINE_EXCEEDED
}

/**
 * Connects to the engine that the option names; else the environment's (`ZEEBE_ADDRESS` and Camunda's variables), else the one
 * that runs on the data folder, else 127.0.0.1:26500.
 */
async function connectTo(address: string | undefined, data: string): Promise<Engine> {
  const fromEnvironment = optionsFromEnvironment(process.env)
  if (address !== undefined) return connect({ ...fromEnvironment, address })
  return connect(fromEnvironment ?? { address: (await runningEngine(data)) ?? '127.0.0.1:26500' })
}

async function runningEngine(data: string): Promise<string | undefined> {
  try {
    const { engine } = JSON.parse(await readFile(join(data, addressesFile), 'utf8'))
    return typeof engine === 'string' ? engine : undefined
  } catch {
    return undefined
  }
}
