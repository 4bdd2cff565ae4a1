import type { TestContext } from 'node:test'
import { type EngineOptions, type RunningEngine, startEngine } from '../start.ts'
import { createMemoryStore } from '../storage/store.ts'
import { GatewayClient } from './gatewayClient.ts'

export interface TestEngine extends Omit<RunningEngine, 'deploy'> {
  readonly client: GatewayClient
  /** Deploys models by file name. */
  deploy(models: Record<string, string>): Promise<void>
  /** Creates an instance of the latest version; gives its key. */
  create(bpmnProcessId: string, variables?: object): Promise<number>
}

/** A running engine on a free port, which ends with the test. */
export async function startTestEngine(t: TestContext, options: Partial<EngineOptions> = {}): Promise<TestEngine> {
  const engine = await startEngine({ store: createMemoryStore(), port: 0, ...options })
  const client = new GatewayClient(engine.address)
  t.after(async () => {
    client.close()
    await engine.stop()
  })
  return {
    ...engine,
    client,
    async deploy(models) {
      const resources = Object.entries(models).map(([name, xml]) => ({ name, content: Buffer.from(xml) }))
      await client.call('DeployResource', { resources })
    },
    async create(bpmnProcessId, variables = {}) {
      const request = { bpmnProcessId, version: -1, variables: JSON.stringify(variables) }
      return (await client.call('CreateProcessInstance', request)).processInstanceKey as number
    },
  }
}
