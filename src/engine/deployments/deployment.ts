import type { DecisionRequirements } from '../../dmn/model.ts'
import type { CompiledResource, ProcessModel } from '../compile/model.ts'
import type { Key } from '../key.ts'
import { nextKey, type Run } from '../run.ts'
import type { DecisionRequirementsRow, DecisionRow, DeployedProcessRow, FormRow } from '../state/rows.ts'

/**
 * A deployment while it is decided. First each resource is planned: it gets a key and a version, or is found to be the latest version
 * already. Then, unless there is nothing new in the whole of it, everything becomes a version: what is deployed together is versioned
 * together.
 */
export interface Deployment {
  readonly run: Run
  readonly key: Key
  readonly processes: (Planned<DeployedProcessRow> & { model: ProcessModel })[]
  readonly decisionRequirements: (Planned<DecisionRequirementsRow> & { model: DecisionRequirements })[]
  readonly decisions: Planned<DecisionRow>[]
  readonly forms: Planned<FormRow>[]
}

/** `duplicate`: `row` is there already. */
export interface Planned<Row> {
  row: Row
  readonly resource: CompiledResource
  readonly duplicate: boolean
}

/** A kind of resource; each is a file in this folder. */
export interface ResourceKind {
  /** Adds a resource to the plan, where it is of this kind; a problem in the real engine's words where it cannot be. */
  plan(deployment: Deployment, resource: CompiledResource): string | undefined
  /** Makes versions of what is planned for a resource. */
  create(deployment: Deployment, resource: CompiledResource): void
}

export function newDeployment(run: Run): Deployment {
  return { run, key: nextKey(run), processes: [], decisionRequirements: [], decisions: [], forms: [] }
}

/** A duplicate becomes a version of its own. */
export function asVersion<Row extends { key: Key; version: number; deploymentKey: Key }>(
  { run, key }: Deployment,
  { row, duplicate }: Planned<Row>,
  version: number,
): Row {
  return duplicate ? { ...row, key: nextKey(run), version, deploymentKey: key } : row
}
