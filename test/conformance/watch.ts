import type { ZeebeRecord } from '../../src/engine/records/record.ts'
import { Normaliser } from './normalise.ts'

/** Milliseconds for something to be told. */
const patience = 5_000

/** A record stream as it comes, to wait for something in it and to find keys by what they are the keys of. */
export class Watch {
  readonly #records: ZeebeRecord[] = []
  readonly #lines: string[] = []
  readonly #normaliser = new Normaliser()
  #changed = Promise.withResolvers<void>()
  #failure: unknown

  constructor(records: AsyncIterable<ZeebeRecord>) {
    this.#read(records).catch((error) => {
      this.#failure = error
      this.#changed.resolve()
    })
  }

  /** Waits for so many lines that begin so. */
  async until(beginning: string, times: number): Promise<void> {
    await this.#find(`'${beginning}'${times > 1 ? ` ${times} times` : ''}`, () => {
      const count = this.#lines.filter((line) => line.startsWith(beginning)).length
      return count >= times ? true : undefined
    })
  }

  /** The key of the last instance of an element. */
  element(elementId: string): Promise<number> {
    return this.#find(`an instance of '${elementId}'`, () => {
      const isOne = ({ valueType, recordType, intent, value }: ZeebeRecord) =>
        valueType === 'PROCESS_INSTANCE' &&
        recordType === 'EVENT' &&
        intent === 'ELEMENT_ACTIVATING' &&
        value.elementId === elementId
      return this.#records.findLast(isOne)?.key
    })
  }

  /** The last incident of an element that is open. */
  incident(elementId: string): Promise<ZeebeRecord> {
    return this.#find(`an incident of '${elementId}'`, () => {
      const resolved = new Set(this.#records.filter(isIncident('RESOLVED')).map(({ key }) => key))
      return this.#records.findLast(
        (record) => isIncident('CREATED')(record) && record.value.elementId === elementId && !resolved.has(record.key),
      )
    })
  }

  /** The key of the last version of a process, or of a decision's requirements. */
  definition(id: string): Promise<number> {
    return this.#find(`a definition '${id}'`, () => {
      const isOne = ({ recordType, valueType, value }: ZeebeRecord) =>
        recordType === 'EVENT' &&
        ((valueType === 'PROCESS' && value.bpmnProcessId === id) ||
          (valueType === 'DECISION_REQUIREMENTS' && value.decisionRequirementsId === id) ||
          (valueType === 'FORM' && value.formId === id))
      return this.#records.findLast(isOne)?.key
    })
  }

  /** The version that a process's n-th in this scenario has: on an engine that knew it before it is not n. */
  async version(id: string, n: number): Promise<number> {
    const isOne = ({ recordType, valueType, intent, value }: ZeebeRecord) =>
      recordType === 'EVENT' && valueType === 'PROCESS' && intent === 'CREATED' && value.bpmnProcessId === id
    const first = this.#records.find(isOne)?.value.version
    return typeof first === 'number' ? first + n - 1 : n
  }

  /** All that was told before the message of that name was published. */
  before(message: string): Promise<readonly ZeebeRecord[]> {
    return this.#find(`the message '${message}'`, () => {
      const isIt = ({ valueType, value }: ZeebeRecord) => valueType === 'MESSAGE' && value.name === message
      const at = this.#records.findIndex(isIt)
      return at < 0 ? undefined : this.#records.slice(0, at)
    })
  }

  async #find<Found>(what: string, find: () => Found | undefined): Promise<Found> {
    const until = Date.now() + patience
    for (;;) {
      const found = find()
      if (found !== undefined) return found
      if (this.#failure !== undefined) throw this.#failure
      const rest = until - Date.now()
      if (rest <= 0) throw new Error(`${what} did not come; told was:\n${this.#lines.join('\n')}`)
      await Promise.race([this.#changed.promise, later(rest)])
    }
  }

  async #read(records: AsyncIterable<ZeebeRecord>): Promise<void> {
    for await (const record of records) {
      this.#records.push(record)
      const line = this.#normaliser.line(record)
      if (line !== undefined) this.#lines.push(line)
      this.#changed.resolve()
      this.#changed = Promise.withResolvers()
    }
  }
}

function isIncident(intent: string) {
  return (record: ZeebeRecord): boolean =>
    record.valueType === 'INCIDENT' && record.recordType === 'EVENT' && record.intent === intent
}

function later(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds).unref()
  })
}
