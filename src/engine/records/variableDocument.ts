import type { SetVariables } from '../command.ts'
import { defaultTenant } from '../tenant.ts'
import type { RecordsOf } from './mapping.ts'
import type { Draft } from './record.ts'

export const variableDocumentRecords = {
  VARIABLE_DOCUMENT_UPDATED: ({ key, scopeKey, variables, local }) => [
    variableDocument('UPDATED', key, { elementInstanceKey: scopeKey, variables, local }),
  ],
} satisfies Partial<RecordsOf>

export function variableDocumentCommand(command: SetVariables): Draft {
  return variableDocument('UPDATE', -1, command)
}

function variableDocument(intent: string, key: number, of: Omit<SetVariables, 'type'>): Draft {
  const value = {
    scopeKey: of.elementInstanceKey,
    updateSemantics: of.local ? 'LOCAL' : 'PROPAGATE',
    variables: of.variables,
    tenantId: defaultTenant,
  }
  return { valueType: 'VARIABLE_DOCUMENT', intent, key, value }
}
