import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { spawnStart } from '../start/startProcess.ts'

export interface Addresses {
  /** `127.0.0.1:<port>`. */
  readonly gateway: string
  /** `http://127.0.0.1:<port>`, and so is the next. */
  readonly rest: string
  readonly management: string
}

const program = join(import.meta.dirname, '..', '..', 'scripts', 'commitbase.mjs')

/** `commitbase engine` as a process of its own, on free ports, with its records in the folder; it is gone when the test ends. */
export async function startEngineProcess(t: TestContext, folder: string): Promise<Addresses> {
  const engine = spawnStart(t, {
    command: [process.execPath, program, 'engine'],
    args: ['--memory', '--port', '0', '--rest-port', '0', '--records', join(folder, 'records')],
  })
  const told = /engine is at (?<gateway>\S+)\n.* management port at (?<management>\S+)\n.* REST API at (?<rest>\S+)\n/
  await engine.said(told)
  return told.exec(engine.output)!.groups as unknown as Addresses
}
