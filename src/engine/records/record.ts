import type { Key } from '../key.ts'

/**
 * A record in the JSON form of Zeebe 8.6's exporters: `zeebe-protocol-jackson` and all that reads Zeebe's exports can
 * read it. The fields of each `value` are those of zeebe-protocol's record value of that type.
 */
export interface ZeebeRecord {
  partitionId: 1
  value: Value
  key: Key
  /** Milliseconds since the epoch. */
  timestamp: number
  valueType: ValueType
  brokerVersion: string
  recordVersion: number
  /** The position of the command that brought it about; -1 of one that came from outside. */
  sourceRecordPosition: number
  intent: string
  recordType: RecordType
  rejectionType: RejectionType
  rejectionReason: string
  authorizations: Readonly<Record<string, never>>
  /** From 1, one more each record over the life of the engine. */
  position: number
  /** -1: the client gave none. */
  operationReference: number
}

export type Value = Readonly<Record<string, unknown>>

export type RecordType = 'EVENT' | 'COMMAND' | 'COMMAND_REJECTION'

export type RejectionType =
  | 'NULL_VAL'
  | 'INVALID_ARGUMENT'
  | 'NOT_FOUND'
  | 'ALREADY_EXISTS'
  | 'INVALID_STATE'
  | 'PROCESSING_ERROR'
  | 'EXCEEDED_BATCH_RECORD_SIZE'

export type ValueType =
  | 'PROCESS_INSTANCE'
  | 'PROCESS_INSTANCE_CREATION'
  | 'DEPLOYMENT'
  | 'PROCESS'
  | 'VARIABLE'
  | 'VARIABLE_DOCUMENT'
  | 'JOB'
  | 'JOB_BATCH'
  | 'TIMER'
  | 'MESSAGE'
  | 'MESSAGE_BATCH'
  | 'MESSAGE_SUBSCRIPTION'
  | 'PROCESS_MESSAGE_SUBSCRIPTION'
  | 'MESSAGE_START_EVENT_SUBSCRIPTION'
  | 'PROCESS_EVENT'
  | 'INCIDENT'
  | 'SIGNAL'
  | 'SIGNAL_SUBSCRIPTION'
  | 'ESCALATION'
  | 'COMPENSATION_SUBSCRIPTION'
  | 'USER_TASK'
  | 'DECISION'
  | 'DECISION_REQUIREMENTS'
  | 'DECISION_EVALUATION'
  | 'FORM'
  | 'RESOURCE_DELETION'
  | 'PROCESS_INSTANCE_MODIFICATION'
  | 'PROCESS_INSTANCE_MIGRATION'
  | 'PROCESS_INSTANCE_BATCH'
  | 'ERROR'

/** What an event or a command says of its record; the rest is the same for all records of a decision. */
export interface Draft {
  valueType: ValueType
  intent: string
  key: Key
  value: Value
  /** Default EVENT. */
  recordType?: RecordType
  rejectionType?: RejectionType
  rejectionReason?: string
  /** Default 1. */
  recordVersion?: number
  /** A command that nothing being done asked for: it comes from a client, from the clock, or was sent. What comes after it, comes of it. */
  isSource?: boolean
}

/** The records of one decision, before they have a position. */
export interface Drafts {
  readonly drafts: readonly Draft[]
  readonly timestamp: number
  readonly operationReference: number
}

/** A record as it is handed out. */
export interface RecordLine {
  readonly position: number
  readonly json: string
}

/** The Zeebe whose records these are. */
export const brokerVersion = '8.6.0'
