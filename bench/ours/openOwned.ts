import { openStorage, type Storage } from '../../src/hub/openStorage.ts'

/** A repository folder opened and owned, with its indexes and receipts, as the hub opens it. What fails in the background ends the measurement. */
export function openOwned(folder: string): Promise<Storage> {
  const repository = 'bench/bench'
  const log = (message: string) => void process.stderr.write(`${message}\n`)
  const onTrouble = (error: unknown) => {
    throw error
  }
  return openStorage({ folder, repository, basedir: 'db', environment: process.env, clock: Date.now, log, onTrouble })
}
