import type { Publisher } from '../src/events/messages/message.ts'
import type { Engine } from '../src/zeebe/connect.ts'
import { type EngineOptions, optionsFromEnvironment } from '../src/zeebe/engineOptions.ts'
import type { Step } from './step.ts'

/** How to reach the engine: what the inputs say, else the environment; undefined where neither names one. */
export function engineOptions({ inputs, env }: Step): EngineOptions | undefined {
  return optionsFromEnvironment({ ...env, ...inputs.engine })
}

/** The way to the engine, opened with the first message: most steps that read have none. */
export function openPublisher(step: Step): (Publisher & { close(): Promise<void> }) | undefined {
  const options = engineOptions(step)
  if (!options) return undefined
  let engine: Promise<Engine> | undefined
  return {
    async publish(message) {
      const { publish } = await import('../src/zeebe/publish.ts')
      engine ??= connectTo(options)
      step.say(`message ${message.name} for ${message.correlationKey} to ${options.address}`)
      await publish(await engine, message)
    },
    async close() {
      await (await engine)?.close()
    },
  }
}

async function connectTo(options: EngineOptions): Promise<Engine> {
  const { connect } = await import('../src/zeebe/connect.ts')
  return connect(options)
}
