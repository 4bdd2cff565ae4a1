import type { Schema } from '../operation.ts'

/** Parts that the operations' contracts share. */
export const table: Schema = { type: 'string', description: 'The name of a table: a folder below the base folder.' }

export const query: Schema = {
  type: 'object',
  description: 'Which records: every key must be equal, or fulfil its MongoDB operators.',
}

export const record: Schema = { type: 'object', description: 'A record, or some of its fields.' }

export const storedRecord: Schema = {
  type: 'object',
  description: 'A record as it is stored.',
  properties: { _id: { type: 'string' }, _updated: { type: 'string', format: 'date-time' } },
  required: ['_id'],
}

export const foundRecord: Schema = { type: 'object', description: 'The record; {} where none was found.' }

export const ids: Schema = { type: 'array', items: { type: 'string' } }

export function object(properties: Readonly<Record<string, Schema>>): Schema {
  return { type: 'object', properties, required: Object.keys(properties), additionalProperties: false }
}

export const count: Schema = { type: 'integer', minimum: 0 }
