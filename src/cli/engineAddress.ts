import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CommitbaseError, codeOf, messageOf } from '../errors.ts'
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
    if (codeOf(error) !== 'unavailable') throw error
    const advice = 'start it, or say with --address or ZEEBE_ADDRESS where it is'
    throw new CommitbaseError('unavailable', `${messageOf(error)}; ${advice}`, { cause: error })
  } finally {
    await engine.close()
  }
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
