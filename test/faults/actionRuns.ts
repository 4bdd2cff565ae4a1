import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runAction } from '../action/runAction.ts'
import { environmentOf, type Fault } from './brokenProcess.ts'
import type { Clients, Sent } from './clients.ts'
import type { Folders } from './prepare.ts'
import { actionRepository } from './walk.ts'

export interface ActionRuns {
  /** One run for an event: whether it is green. It is run again, as somebody would, until it is. */
  run(sent: Sent, engine: string | undefined, fault?: Fault): Promise<boolean>
  /** Sends what is owed. */
  resend(engine: string): Promise<boolean>
}

export async function openActionRuns(folders: Folders, clients: Clients): Promise<ActionRuns> {
  const workspace = join(folders.remotes, 'workspace')
  await mkdir(workspace, { recursive: true })
  await writeFile(join(workspace, 'handlers.ts'), await readFile(join(import.meta.dirname, 'handlers.ts')))
  const start = async (engine: string | undefined, inputs: Record<string, string>, more: object, fault?: Fault) => {
    const cleanups: (() => unknown)[] = []
    const result = await runAction(
      { after: (cleanup) => void cleanups.push(cleanup as () => unknown) },
      {
        server: `file://${folders.remotes}`,
        repository: actionRepository,
        workspace,
        inputs: { github_token: 'unused', ...inputs },
        env: { ...(engine === undefined ? {} : { ZEEBE_ADDRESS: engine }), ...environmentOf(folders, fault) },
        ...more,
      },
    )
    for (const cleanup of cleanups) await cleanup()
    return result
  }
  return {
    async run(sent, engine, fault) {
      const { id, type, payload } = sent
      clients.unanswered.set(id, sent)
      const event = { action: type, branch: 'main', client_payload: { event_id: id, ...payload } }
      const result = await start(
        engine,
        { handlers: 'handlers.ts' },
        { eventName: 'repository_dispatch', event },
        fault,
      )
      if (result.status === 1 && !/has landed/.test(result.log))
        clients.refusals.push(`${id}: ${result.log.slice(-2_000)}`)
      if (result.status !== 0) return false
      clients.acknowledged.set(id, sent)
      clients.unanswered.delete(id)
      return true
    },
    async resend(engine) {
      const result = await start(engine, { operation: 'resend' }, {})
      return result.status === 0
    },
  }
}
