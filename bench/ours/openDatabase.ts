import { createNewId } from '../../src/database/tables/newId.ts'
import { type Applied, applyEvent, type EventContext } from '../../src/events/applyEvent.ts'
import type { Event } from '../../src/events/event.ts'
import { noteNew } from '../../src/events/newEvents.ts'
import type { Storage } from '../../src/hub/openStorage.ts'
import { createRandom } from '../../src/hub/random.ts'
import { recordOf, table, type Write } from '../records.ts'
import { openOwned } from './openOwned.ts'

/** A repository folder opened as the hub opens it: owned, with receipts, by the one write door. */
export interface Database {
  readonly storage: Storage
  /** Resolves when the write is durable. Throws where it was refused. */
  write(write: Write): Promise<Applied>
  close(): Promise<void>
}

export async function openDatabase(folder: string): Promise<Database> {
  const storage = await openOwned(folder)
  const newId = createNewId({ now: Date.now, random: createRandom() })
  const { branch, index } = storage
  const context: EventContext = { branch, basedir: 'db', clock: Date.now, newId, index }
  return {
    storage,
    write: async (write) => {
      const applied = await storage.writer.submit(applyEvent(requestOf(write, newId()), context))
      if (!applied.commit) throw new Error(`a write made no commit: ${applied.error?.message ?? 'nothing changed'}`)
      return applied
    },
    close: () => storage.close(),
  }
}

function requestOf({ place, version }: Write, id: string) {
  const parameters = { table, record: recordOf(place, version) }
  const event: Event = {
    id,
    source: 'https://github.com/octo/shop',
    type: 'UPSERT',
    time: new Date().toISOString(),
    data: parameters,
    correlationid: id,
  }
  // As the hub does where the sender chose no id.
  noteNew(event)
  return { event, operation: { name: 'UPSERT', parameters } }
}
