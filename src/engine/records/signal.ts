import type { BroadcastSignal } from '../command.ts'
import { defaultTenant } from '../tenant.ts'
import type { RecordsOf } from './mapping.ts'
import type { Draft } from './record.ts'

export const signalRecords = {
  SIGNAL_BROADCASTED: ({ key, signalName, variables }) => [signal('BROADCASTED', key, { signalName, variables })],
} satisfies Partial<RecordsOf>

export function signalCommand(command: BroadcastSignal): Draft {
  return signal('BROADCAST', -1, command)
}

export function signal(intent: string, key: number, of: Pick<BroadcastSignal, 'signalName' | 'variables'>): Draft {
  const value = { signalName: of.signalName, variables: of.variables, tenantId: defaultTenant }
  return { valueType: 'SIGNAL', intent, key, value }
}
