import { isObject } from '../src/database/json/json.ts'
import { eventKey } from '../src/database/receipts/eventKey.ts'
import { receiptsRef } from '../src/database/receipts/receipt.ts'
import { receiptsOn } from '../src/database/receipts/receipts.ts'
import { parseBasedir } from '../src/database/tables/names.ts'
import { readRecordAhead } from '../src/database/tables/readAhead.ts'
import type { EventContext, EventRequest } from '../src/events/applyEvent.ts'
import { treeOf } from '../src/git/objects/commit.ts'
import type { Repository } from '../src/git/repository.ts'
import type { Task } from '../src/git/task.ts'
import { WorkingTree } from '../src/git/trees/workingTree.ts'
import type { Workspace } from '../src/git/workspace.ts'

interface Place {
  readonly repository: Repository
  readonly context: EventContext
}

/** The same task, while what it will read is read ahead. */
export function readingAhead<T>(task: Task<T>, request: EventRequest, place: Place): Task<T> {
  return async (workspace) => {
    const ahead = readAhead(request, workspace, place)
    return await task(workspace).finally(() => ahead)
  }
}

/**
 * Has the repository fetch what the event will read, as far as it can be told from the event, while it is evaluated: the
 * receipts' folders and the records' come in the same round trips. Never throws: who needs what could not be read asks again.
 */
async function readAhead(
  { event, operation }: EventRequest,
  workspace: Workspace,
  { repository, context }: Place,
): Promise<void> {
  // Trees of their own: nobody writes to them while they are read.
  const treeOn = async (ref: string) => {
    const tip = workspace.landed(ref)
    const root = tip && treeOf((await repository.read([tip]))[0]!.body)
    return new WorkingTree(root, (oids) => repository.read(oids))
  }
  const receipt = async () => receiptsOn(await treeOn(receiptsRef)).readAhead(eventKey(event.source, event.id))
  const records = async () => {
    const folder = parseBasedir(context.basedir)
    const tree = await treeOn(context.branch)
    const named = operation ? namedBy(operation.parameters) : []
    const reads = named.map(({ table, id }) => readRecordAhead(tree, context.basedir, table, id))
    await Promise.allSettled([tree.list(folder), ...reads])
  }
  await Promise.allSettled([receipt(), records()])
}

interface Named {
  readonly table: string
  readonly id: string
}

/** The records that an operation names by their ids, or those that it consists of do. */
function namedBy(parameters: Readonly<Record<string, unknown>>): Named[] {
  const { table, id, record, query, at, operations } = parameters
  if (Array.isArray(operations)) return operations.filter(isObject).slice(0, most).flatMap(namedBy)
  const ids = [id, isObject(record) ? record._id : undefined, isObject(query) ? query._id : undefined]
  const named = ids.find((id) => typeof id === 'string')
  return typeof table === 'string' && typeof named === 'string' && at === undefined ? [{ table, id: named }] : []
}

/** Operations of one TRANSACT. */
const most = 100
