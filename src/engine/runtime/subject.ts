import type { Command } from '../command.ts'

/** One line on what a save holds: `CompleteJob 2251799813685271`, or `3 commands: CreateProcessInstance 2, CompleteJob 1`. */
export function subjectOf(commands: readonly Command[]): string {
  const [first] = commands
  if (first !== undefined && commands.length === 1) return [first.type, detailOf(first)].join(' ').trim()
  const counts = Map.groupBy(commands, (command) => command.type)
  const parts = Array.from(counts, ([type, group]) => `${type} ${group.length}`)
  return `${commands.length} commands: ${parts.join(', ')}`
}

function detailOf(command: Command): string {
  switch (command.type) {
    case 'DeployResource':
      return oneLine(command.resources.map((resource) => resource.name).join(' '))
    case 'DeleteResource':
      return String(command.resourceKey)
    case 'EvaluateDecision':
      return oneLine(command.decisionId || String(command.decisionKey))
    case 'CreateProcessInstance':
      return oneLine(command.bpmnProcessId || String(command.processDefinitionKey ?? ''))
    case 'CancelProcessInstance':
    case 'ModifyProcessInstance':
    case 'MigrateProcessInstance':
      return String(command.processInstanceKey)
    case 'ActivateJobs':
      return oneLine(command.jobType)
    case 'CompleteJob':
    case 'FailJob':
    case 'ThrowError':
    case 'UpdateJob':
    case 'UpdateJobRetries':
    case 'UpdateJobTimeout':
      return String(command.jobKey)
    case 'CompleteUserTask':
    case 'AssignUserTask':
    case 'UpdateUserTask':
      return String(command.userTaskKey)
    case 'PublishMessage':
      return oneLine(`${command.name} ${command.correlationKey}`)
    case 'BroadcastSignal':
      return oneLine(command.signalName)
    case 'SetVariables':
      return String(command.elementInstanceKey)
    case 'ResolveIncident':
      return String(command.incidentKey)
    case 'Tick':
      return ''
    default:
      return command satisfies never
  }
}

/** Names come from users: no line break or control character of theirs may get into a commit's subject. */
function oneLine(text: string): string {
  const printable = text.replace(/\p{C}+/gu, ' ').trim()
  return printable.length > 60 ? `${printable.slice(0, 59)}…` : printable
}
