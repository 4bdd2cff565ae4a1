import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { CommitbaseError } from '../errors.ts'
import { call } from './call.ts'
import type { Engine } from './connect.ts'

/** A model: the path of its file, or its name and content. */
export type Resource = string | { readonly name: string; readonly content: string | Uint8Array }

export interface Deployment {
  readonly key: string
  readonly processes: readonly DeployedProcess[]
}

export interface DeployedProcess {
  readonly bpmnProcessId: string
  readonly version: number
  readonly processDefinitionKey: string
  readonly resourceName: string
}

/** Deploys all resources at once or none. Throws `not_found` for a file that is not there, `invalid` in the engine's words for a model that it refuses. */
export async function deploy(engine: Engine, resources: readonly Resource[]): Promise<Deployment> {
  if (resources.length === 0)
    throw new CommitbaseError('invalid', 'there is no model to deploy: name at least one file')
  const response = await call(
    engine,
    'deployResourceSync',
    { resources: await Promise.all(resources.map(read)) },
    60_000,
  )
  const deployments = (response.deployments ?? []) as { process?: DeployedProcess | null }[]
  const processes = deployments.flatMap(({ process }) => (process ? [processFrom(process)] : []))
  return { key: String(response.key), processes }
}

/** The engine tells versions apart by name and content: the name is the file's alone, so that it is the same from every folder. */
async function read(resource: Resource): Promise<{ name: string; content: Uint8Array }> {
  if (typeof resource !== 'string') return { name: resource.name, content: Buffer.from(resource.content) }
  try {
    return { name: basename(resource), content: await readFile(resource) }
  } catch (cause) {
    throw new CommitbaseError('not_found', `the model '${resource}' cannot be read: check the path`, { cause })
  }
}

function processFrom({ bpmnProcessId, version, processDefinitionKey, resourceName }: DeployedProcess): DeployedProcess {
  return { bpmnProcessId, version: Number(version), processDefinitionKey: String(processDefinitionKey), resourceName }
}
