import type { ZeebeRecord } from '../../src/engine/records/record.ts'
import { openOurs } from '../conformance/ours.ts'
import { play } from '../conformance/play.ts'
import type { Scenario } from '../conformance/scenario.ts'
import { scenarios } from '../conformance/scenarios/table.ts'

/** What the engine records as the scenarios of the conformance are played: one record of each type, intent and shape. */
export async function scenarioRecords(): Promise<ZeebeRecord[]> {
  const found = new Map<string, ZeebeRecord>()
  for (const scenario of Object.values(scenarios).flatMap((group) => Object.values(group))) {
    for (const record of await recordsOf(scenario)) found.set(kindOf(record), record)
  }
  return [...found.values()]
}

async function recordsOf(scenario: Scenario): Promise<ZeebeRecord[]> {
  const target = await openOurs()
  const records: ZeebeRecord[] = []
  const left = new AbortController()
  const read = (async () => {
    for await (const record of target.records(left.signal)) records.push(record)
  })()
  try {
    await play(target, scenario)
  } finally {
    left.abort()
    await read
    await target.close()
  }
  return records
}

function kindOf({ valueType, intent, recordType, value }: ZeebeRecord): string {
  return `${recordType} ${valueType} ${intent} ${shapeOf(value)}`
}

function shapeOf(value: unknown): string {
  if (Array.isArray(value)) return `[${[...new Set(value.map(shapeOf))].join()}]`
  if (typeof value !== 'object' || value === null) return typeof value
  return `{${Object.entries(value).map(([name, inner]) => `${name}:${shapeOf(inner)}`)}}`
}
