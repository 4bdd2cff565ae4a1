import type { Schema } from './operation.ts'

/** Parts that the operations' contracts share. */
export const table: Schema = { type: 'string', description: 'The name of a table: a folder below the base folder.' }

export const id: Schema = { type: 'string', description: 'The _id of the record.' }

export const query: Schema = {
  type: 'object',
  description: 'Which records: every key must be equal, or fulfil its MongoDB operators.',
}

export const sort: Schema = {
  type: 'object',
  additionalProperties: { enum: [1, -1] },
  description: 'The order: paths, each with 1 (rising) or -1 (falling). Without it the order is that of the ids.',
}

export const skip: Schema = { type: 'integer', minimum: 0, description: 'How many of the first ones are left out.' }

export const limit: Schema = { type: 'integer', minimum: 0, description: 'How many there are at most.' }

export const project: Schema = {
  type: 'object',
  description: "Which fields are given, as MongoDB's projection: 1 for those to keep, or 0 for those to leave out.",
}

export const at: Schema = {
  type: 'string',
  description: 'The past: a commit (7 to 40 hex digits of its id), or an ISO 8601 time (UTC unless it names a zone).',
}

export const blobs: Schema = {
  type: 'boolean',
  description: 'true: give the blob ids of the records, too, for ifMatch.',
}

const blobId: Schema = { type: 'string', pattern: '^[0-9a-f]{40}$' }

export const ifMatch: Schema = {
  type: ['string', 'object'],
  pattern: blobId.pattern,
  minProperties: 1,
  additionalProperties: blobId,
  description:
    'The blob id that the record must have. Where a write concerns several records: an object with the blob id of each by its _id.',
}

export const ifAbsent: Schema = { type: 'boolean', description: 'true: the record must not be there yet.' }

export const record: Schema = { type: 'object', description: 'A record, or some of its fields.' }

export const storedRecord: Schema = {
  type: 'object',
  description: 'A record as it is stored.',
  properties: { _id: { type: 'string' }, _updated: { type: 'string', format: 'date-time' } },
  required: ['_id'],
}

export const foundRecord: Schema = { type: 'object', description: 'The record; {} where none was found.' }

export const ids: Schema = { type: 'array', items: { type: 'string' } }

/** `optional` names those that are not always there. */
export function object(properties: Readonly<Record<string, Schema>>, optional: readonly string[] = []): Schema {
  const required = Object.keys(properties).filter((name) => !optional.includes(name))
  return { type: 'object', properties, required, additionalProperties: false }
}

export const count: Schema = { type: 'integer', minimum: 0 }

export const found: Schema = { type: 'boolean' }

export const blob: Schema = { ...blobId, description: 'The id of the blob that holds the record, for ifMatch.' }

export const commit: Schema = { type: 'string', description: "A commit's id." }

/** What a commit says of itself. */
export const story: Readonly<Record<string, Schema>> = {
  commit,
  time: { type: 'string', format: 'date-time' },
  subject: { type: 'string' },
  author: object({ name: { type: 'string' }, email: { type: 'string' } }),
  event: {
    type: 'object',
    description: 'The event that made it, by the trailers of the commit; missing where a person did.',
    properties: { id: { type: 'string' }, source: { type: 'string' }, type: { type: 'string' } },
    required: ['id'],
  },
  operation: { type: 'string' },
}

export const patchSteps: Schema = { type: 'array', items: { type: 'object', required: ['op', 'path'] } }

/** Why an operation ends with an error, in words that several share. */
export const reasons = {
  query: 'the query, the sort or the projection cannot be evaluated',
  at: 'at is no commit of the branch',
  ambiguous: 'at is neither a commit nor a time, or begins more than one commit',
  record: "the record is no JSON, has an _id that is not allowed, is larger than 1 MiB, or breaks the table's schema",
  ifMatch: 'a record has another blob than ifMatch says, or is gone',
  twin: 'an _id or the name of the table differs only in case from one that is there, or another record has its values in a unique index',
} as const
