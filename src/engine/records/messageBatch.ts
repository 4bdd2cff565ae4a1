import type { RecordsOf } from './mapping.ts'

export const messageBatchRecords = {
  MESSAGES_DUE: ({ keys }) => [
    {
      recordType: 'COMMAND',
      isSource: true,
      valueType: 'MESSAGE_BATCH',
      intent: 'EXPIRE',
      key: -1,
      value: { messageKeys: keys },
    },
  ],
} satisfies Partial<RecordsOf>
