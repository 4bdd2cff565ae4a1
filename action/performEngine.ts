import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { parseJson } from '../src/database/json/json.ts'
import { eventKey } from '../src/database/receipts/eventKey.ts'
import { CommitbaseError } from '../src/errors.ts'
import { connect, type Engine } from '../src/zeebe/connect.ts'
import { createInstance, createInstanceWithResult } from '../src/zeebe/createInstance.ts'
import { deploy } from '../src/zeebe/deploy.ts'
import { publish } from '../src/zeebe/publish.ts'
import type { EngineRequest } from './inputs.ts'
import { engineOptions } from './openPublisher.ts'
import { readOperationEvent } from './readEvent.ts'
import { type Report, reportResult } from './report.ts'
import type { Step } from './step.ts'
import { work } from './work.ts'
import { workspacePath } from './workspacePath.ts'

/** One of the operations that zeebe-action had: it speaks to the engine and leaves the repository alone. */
export async function performEngine(request: EngineRequest, step: Step): Promise<Report> {
  const options = engineOptions(step)
  if (!options) {
    throw new CommitbaseError(
      'invalid',
      "the input 'zeebe_address' (or 'client_config', or the variable ZEEBE_ADDRESS) is missing: it names the engine",
    )
  }
  const engine = connect(options)
  step.say(`engine at ${engine.address}`)
  try {
    return await performOn(engine, request, step)
  } finally {
    await engine.close()
  }
}

async function performOn(engine: Engine, request: EngineRequest, step: Step): Promise<Report> {
  switch (request.kind) {
    case 'deploy':
      return await deployModels(engine, request, step)
    case 'create':
      return await create(engine, request)
    case 'publish':
      return await publishOne(engine, request, step)
    case 'work':
      return await work(engine, request, step)
    default:
      return request satisfies never
  }
}

async function deployModels(
  engine: Engine,
  { filename, directory }: EngineRequest & { kind: 'deploy' },
  { run }: Step,
): Promise<Report> {
  const files = filename
    ? [await workspacePath(run.workspace, filename, 'bpmn_filename')]
    : await modelsIn(run.workspace, directory)
  const deployment = await deploy(engine, files)
  const rows = deployment.processes.map(({ bpmnProcessId, version }) => [bpmnProcessId, `version ${version}`] as const)
  return reportResult(`deployed ${files.length} models`, deployment, rows)
}

async function modelsIn(workspace: string, directory: string): Promise<string[]> {
  const folder = await workspacePath(workspace, directory, 'bpmn_directory')
  const names = (await readdir(folder)).filter((name) => name.endsWith('.bpmn')).sort()
  if (names.length > 0) return names.map((name) => join(folder, name))
  throw new CommitbaseError('not_found', `input 'bpmn_directory': '${directory}' has no .bpmn file`)
}

async function create(
  engine: Engine,
  { processId, variables, wait }: EngineRequest & { kind: 'create' },
): Promise<Report> {
  const instance = { bpmnProcessId: processId, variables: readVariables(variables) }
  if (wait === undefined) return reportResult(`started ${processId}`, await createInstance(engine, instance))
  return reportResult(`ran ${processId}`, await createInstanceWithResult(engine, { ...instance, requestTimeout: wait }))
}

/** The message has an id and an hour to live unless told otherwise, so one that comes early waits, and a re-run of the step sends it once. */
async function publishOne(engine: Engine, request: EngineRequest & { kind: 'publish' }, step: Step): Promise<Report> {
  const { event } = await readOperationEvent(step.run, step.inputs, new Date().toISOString())
  const message = {
    name: request.name,
    correlationKey: request.key,
    variables: readVariables(request.variables),
    timeToLive: request.timeToLive ?? 3_600_000,
    messageId: `${eventKey(event.source, event.id)}-0`,
  }
  await publish(engine, message)
  return reportResult(`published ${message.name}`, message)
}

function readVariables(text: string): Record<string, unknown> {
  if (text === '') return {}
  const value = parseJson(text, "input 'variables'")
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  throw new CommitbaseError('invalid', `input 'variables' must be the JSON text of an object; got ${text.slice(0, 80)}`)
}
