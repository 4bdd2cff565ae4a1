import type { MigrateProcessInstance } from '../command.ts'
import type { RecordsOf } from './mapping.ts'
import type { Draft } from './record.ts'

export const processInstanceMigrationRecords = {
  PROCESS_INSTANCE_MIGRATED: ({ key, targetProcessDefinitionKey, mappingInstructions }) => [
    migration('MIGRATED', { processInstanceKey: key, targetProcessDefinitionKey, mappingInstructions }),
  ],
} satisfies Partial<RecordsOf>

export function processInstanceMigrationCommand(command: MigrateProcessInstance): Draft {
  return migration('MIGRATE', command)
}

function migration(intent: string, of: Omit<MigrateProcessInstance, 'type'>): Draft {
  const { processInstanceKey, targetProcessDefinitionKey, mappingInstructions } = of
  const value = { processInstanceKey, targetProcessDefinitionKey, mappingInstructions }
  return { valueType: 'PROCESS_INSTANCE_MIGRATION', intent, key: processInstanceKey, value }
}
