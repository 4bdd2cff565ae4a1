import type { CreateProcessInstance, Response } from '../command.ts'
import { createInstance } from '../instances.ts'
import { Rejected, type Run } from '../run.ts'
import type { DeployedProcessRow } from '../state.ts'

/** Starts an instance at the none start event of a process. */
export function createProcessInstance(run: Run, command: CreateProcessInstance): Response {
  const process = findProcess(run, command)
  if (command.startInstructions !== undefined && command.startInstructions.length > 0) {
    throw new Rejected(
      'INVALID_ARGUMENT',
      'CREATE',
      'Expected to create instance of process without start instructions, but some were given: this engine starts instances at their start event only',
    )
  }
  if (run.state.models.get(process.key)!.process.startEventId === undefined) {
    throw new Rejected(
      'FAILED_PRECONDITION',
      'CREATE',
      'Expected to create instance of process with none start event, but there is no such event',
      'INVALID_STATE',
    )
  }
  const processInstanceKey = createInstance(run, process, command.variables)
  const { key: processDefinitionKey, bpmnProcessId, version } = process
  return { type: 'CreateProcessInstance', processDefinitionKey, bpmnProcessId, version, processInstanceKey }
}

function findProcess(run: Run, command: CreateProcessInstance): DeployedProcessRow {
  const { bpmnProcessId = '', version = -1, processDefinitionKey = 0 } = command
  if (bpmnProcessId === '') {
    const process = run.state.processes.get(processDefinitionKey)
    if (process !== undefined) return process
    if (processDefinitionKey < 0) {
      const reason = 'Expected at least a bpmnProcessId or a key greater than -1, but none given'
      throw new Rejected('INVALID_ARGUMENT', 'CREATE', reason)
    }
    throw notFound(`with key '${processDefinitionKey}'`)
  }
  const versions = run.state.processes.in('byId', bpmnProcessId)
  const latest = version < 0
  const process = latest ? versions.at(-1) : versions.find((candidate) => candidate.version === version)
  if (process !== undefined) return process
  throw notFound(`with process ID '${bpmnProcessId}'${latest ? '' : ` and version '${version}'`}`)
}

function notFound(which: string): Rejected {
  return new Rejected('NOT_FOUND', 'CREATE', `Expected to find process definition ${which}, but none found`)
}
