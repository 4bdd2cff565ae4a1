import type { ZeebeRecord } from '../../src/engine/records/record.ts'

/**
 * Records as lines that do not depend on keys, positions and times: `<what> <name> <INTENT> <details>`. Of instances of one element the first
 * is called by its id, the next `id#2`. Times are told as milliseconds from the record's own time on. Commands are left out: a client's own
 * are in the scenario, and an engine's to itself are its own affair; refused ones are told.
 */
export class Normaliser {
  readonly #names = new Map<number, string>()
  readonly #counts = new Map<string, number>()
  readonly #firstVersions = new Map<string, number>()

  /** Undefined for a record that is not compared. */
  line(record: ZeebeRecord): string | undefined {
    if (record.recordType === 'EVENT') this.#learnInstance(record.value)
    if (record.valueType === 'PROCESS_INSTANCE' && record.recordType === 'EVENT') this.#learn(record)
    if (record.recordType === 'COMMAND_REJECTION') {
      return `refused ${record.valueType} ${record.intent} ${record.rejectionType}: ${plain(record.rejectionReason)}`
    }
    if (record.recordType !== 'EVENT' || notCompared.has(record.valueType)) return undefined
    const describe = described[record.valueType] ?? otherwise
    return describe(record.value as Fields, record, {
      nameOf: (key) => this.#nameOf(key),
      versionOf: (id, version) => this.#versionOf(id, version),
    })
  }

  /** A version as it would be on a new engine: counted from the first that was met. */
  #versionOf(id: unknown, version: unknown): number {
    const name = String(id)
    if (!this.#firstVersions.has(name)) this.#firstVersions.set(name, Number(version))
    return Number(version) - this.#firstVersions.get(name)! + 1
  }

  /** Of element instances, and of the process definitions that were met. */
  #nameOf(key: unknown): string {
    return this.#names.get(Number(key)) ?? 'nobody'
  }

  #learn({ key, intent, value }: ZeebeRecord): void {
    if (intent === 'SEQUENCE_FLOW_TAKEN') return
    const { elementId, bpmnElementType } = value as { elementId: string; bpmnElementType: string }
    this.#call(key, bpmnElementType === 'MULTI_INSTANCE_BODY' ? `${elementId}:all` : elementId)
  }

  /** The variables of a process instance come before it does. */
  #learnInstance(value: Fields): void {
    const { processInstanceKey, bpmnProcessId } = value
    if (Number(processInstanceKey) > 0 && typeof bpmnProcessId === 'string') {
      this.#call(Number(processInstanceKey), bpmnProcessId)
    }
  }

  #call(key: number, id: string): void {
    if (this.#names.has(key)) return
    const count = (this.#counts.get(id) ?? 0) + 1
    this.#counts.set(id, count)
    this.#names.set(key, count === 1 ? id : `${id}#${count}`)
  }
}

type Fields = Readonly<Record<string, unknown>>
interface Names {
  nameOf(key: unknown): string
  versionOf(id: unknown, version: unknown): number
}
type Describe = (value: Fields, record: ZeebeRecord, names: Names) => string

/** What only one of two engines has for reasons of how it is built. */
const notCompared = new Set<string>(['PROCESS_INSTANCE_BATCH', 'DEPLOYMENT_DISTRIBUTION', 'COMMAND_DISTRIBUTION'])

const described: Partial<Record<string, Describe>> = {
  PROCESS_INSTANCE: (value, { key, intent }, { nameOf }) => {
    if (intent === 'SEQUENCE_FLOW_TAKEN') return `flow ${value.elementId} TAKEN`
    const done = intent.replace('ELEMENT_', '')
    const where = done === 'ACTIVATING' ? ` ${value.bpmnElementType} in ${nameOf(value.flowScopeKey)}` : ''
    const called =
      Number(value.parentElementInstanceKey) > 0 && done === 'ACTIVATING'
        ? ` called by ${nameOf(value.parentElementInstanceKey)}`
        : ''
    return `element ${nameOf(key)} ${done}${where}${called}`
  },
  PROCESS_INSTANCE_CREATION: (value, { intent }) =>
    `creation ${value.bpmnProcessId} ${intent} ${json(value.variables)}`,
  PROCESS: (value, { intent }, { versionOf }) =>
    `process ${value.bpmnProcessId} ${intent} v${versionOf(value.bpmnProcessId, value.version)}`,
  DEPLOYMENT: (value, { intent }, { versionOf }) => `deployment ${intent} ${deployed(value, versionOf).join(', ')}`,
  DECISION_REQUIREMENTS: (value, { intent }, { versionOf }) =>
    `decisions ${value.decisionRequirementsId} ${intent} v${versionOf(value.decisionRequirementsId, value.decisionRequirementsVersion)}`,
  DECISION: (value, { intent }, { versionOf }) =>
    `decision ${value.decisionId} ${intent} v${versionOf(value.decisionId, value.version)} of ${value.decisionRequirementsId}`,
  FORM: (value, { intent }, { versionOf }) =>
    `form ${value.formId} ${intent} v${versionOf(value.formId, value.version)}`,
  DECISION_EVALUATION: (value, { intent }) => evaluationLine(value, intent),
  RESOURCE_DELETION: (_value, { intent }) => `deletion ${intent}`,
  VARIABLE: (value, { intent }, { nameOf }) =>
    `variable ${value.name} ${intent} ${canonical(String(value.value))} in ${nameOf(value.scopeKey)}`,
  VARIABLE_DOCUMENT: (value, { intent }, { nameOf }) =>
    `variables ${nameOf(value.scopeKey)} ${intent} ${value.updateSemantics} ${json(value.variables)}`,
  JOB: (value, { intent }) => jobLine(value, intent),
  JOB_BATCH: (value, { intent }) => `jobs ${value.type} ${intent} ${(value.jobKeys as unknown[]).length}`,
  TIMER: (value, { intent, timestamp }) =>
    `timer ${value.targetElementId} ${intent}${intent === 'CREATED' ? ` +${Number(value.dueDate) - timestamp} repetitions ${value.repetitions}` : ''}`,
  MESSAGE: (value, { intent }) =>
    `message ${value.name} ${intent} key '${value.correlationKey}' id '${value.messageId}' ttl ${value.timeToLive} ${json(value.variables)}`,
  MESSAGE_SUBSCRIPTION: (value, { intent }, { nameOf }) =>
    `subscription ${value.messageName} ${intent} key '${value.correlationKey}' of ${nameOf(value.elementInstanceKey)} ${json(value.variables)}`,
  PROCESS_MESSAGE_SUBSCRIPTION: (value, { intent }, { nameOf }) =>
    `waiting ${value.messageName} ${intent} key '${value.correlationKey}' for ${value.elementId} of ${nameOf(value.elementInstanceKey)}${value.interrupting ? '' : ' again'}`,
  MESSAGE_START_EVENT_SUBSCRIPTION: (value, { intent }) =>
    `starting ${value.messageName} ${intent} ${value.startEventId} of ${value.bpmnProcessId}`,
  PROCESS_EVENT: (value, { intent }) => `event ${value.targetElementId} ${intent} ${json(value.variables)}`,
  INCIDENT: (value, { intent }) =>
    `incident ${value.elementId} ${intent} ${value.errorType}: ${plain(String(value.errorMessage))}`,
  SIGNAL: (value, { intent }) => `signal ${value.signalName} ${intent} ${json(value.variables)}`,
  SIGNAL_SUBSCRIPTION: (value, { intent }) => `listening ${value.signalName} ${intent} for ${value.catchEventId}`,
  ESCALATION: (value, { intent }) =>
    `escalation ${value.escalationCode} ${intent} by ${value.throwElementId} to '${value.catchElementId}'`,
}

function jobLine(value: Fields, intent: string): string {
  const kind =
    value.jobKind === undefined || value.jobKind === 'BPMN_ELEMENT'
      ? ''
      : ` ${value.jobKind} ${value.jobListenerEventType}`
  const more = {
    CREATED: () => ` ${value.type} retries ${value.retries}${kind} ${json(value.customHeaders)}`,
    COMPLETED: () => ` ${value.type}${kind} ${json(value.variables)}`,
    FAILED: () => ` retries ${value.retries} '${plain(String(value.errorMessage))}' backoff ${value.retryBackoff}`,
    ERROR_THROWN: () => ` ${value.errorCode} '${plain(String(value.errorMessage))}'`,
    RETRIES_UPDATED: () => ` retries ${value.retries}`,
  }[intent]
  return `job ${value.elementId} ${intent}${more?.() ?? ` ${value.type}${kind}`}`
}

function deployed(value: Fields, versionOf: Names['versionOf']): string[] {
  const told = (field: string, id: string, version = 'version') =>
    (value[field] as Fields[]).map(
      (one) => `${one[id]} v${versionOf(one[id], one[version])}${one.duplicate ? ' again' : ''}`,
    )
  return [
    ...told('processesMetadata', 'bpmnProcessId'),
    ...told('decisionsMetadata', 'decisionId').sort(),
    ...told('decisionRequirementsMetadata', 'decisionRequirementsId', 'decisionRequirementsVersion'),
    ...told('formMetadata', 'formId'),
  ]
}

/** `evaluation total EVALUATED 3 by task: price DECISION_TABLE [2] 1 rule2, total LITERAL_EXPRESSION [] 3`. */
function evaluationLine(value: Fields, intent: string): string {
  const parts = (value.evaluatedDecisions as Fields[]).map((part) => {
    const inputs = (part.evaluatedInputs as Fields[]).map((input) => `${input.inputName}=${input.inputValue}`)
    const rules = (part.matchedRules as Fields[]).map((rule) => ` ${rule.ruleId}`)
    return `${part.decisionId} ${part.decisionType} [${inputs}] ${canonical(String(part.decisionOutput))}${rules.join('')}`
  })
  const failure = value.failedDecisionId
    ? ` failed at ${value.failedDecisionId}: ${plain(String(value.evaluationFailureMessage))}`
    : ''
  const by = value.elementId ? ` by ${value.elementId}` : ''
  const output = canonical(String(value.decisionOutput))
  return `evaluation ${value.decisionId} ${intent} ${output}${by}: ${parts.join(', ')}${failure}`
}

/** What has no words of its own: its fields without keys and times. */
const otherwise: Describe = (value, { valueType, intent }) => `${valueType} ${intent} ${json(comparable(value))}`

/** Without keys and times, however deep they lie. */
function comparable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(comparable)
  if (typeof value !== 'object' || value === null) return value
  const told = Object.entries(value).filter(([name, field]) => !notTold.test(name) && field !== '' && field !== -1)
  return Object.fromEntries(told.map(([name, field]) => [name, comparable(field)]))
}

const notTold = /keys?$|time|tenantId|position|deadline|checksum|resource$/i

function json(value: unknown): string {
  return JSON.stringify(sorted(value))
}

function canonical(text: string): string {
  return json(JSON.parse(text))
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, entry]) => [key, sorted(entry)]),
  )
}

/** Keys in sentences are not compared, nor are line breaks. */
export function plain(text: string): string {
  return text.replace(/\b2251799813\d{6}\b/g, '<key>').replaceAll('\n', '⏎')
}
