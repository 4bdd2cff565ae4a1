import { setTimeout as delay } from 'node:timers/promises'
import type { Event, Transaction } from 'commitbase'

interface Counted {
  readonly counter: string
}

interface Walked {
  readonly _id: string
}

/** Adds one to a counter, which it looks for by its name: an index that was wrong would let it make a second one. */
export async function count({ data }: Event<Counted>, tx: Transaction) {
  const found = await tx.findOne('counter', { name: data.counter })
  const { n = 0 } = (found ?? {}) as { n?: number }
  await tx.upsert('counter', { ...(found ?? { _id: data.counter, name: data.counter }), n: n + 1 })
  return { n: n + 1 }
}

/** Takes its time: there are as many a second as the handler lets. */
export async function slow({ data }: Event<Counted>, tx: Transaction) {
  await delay(5)
  await tx.upsert('slow', { _id: data.counter })
}

/** Takes so long that its sender, and those behind it, have their answers before it ends. */
export async function late({ data }: Event<Walked>, tx: Transaction) {
  await delay(300)
  await tx.upsert('late', { _id: data._id })
}

/** Begins a walk: an instance of the model starts with the message. */
export async function ask(event: Event<Walked>, tx: Transaction) {
  await note(event, tx, 'asked')
  tx.publish({ name: 'ASKED', correlationKey: event.data._id, variables: { _id: event.data._id } })
}

/** Half of the way: the instance waits for the message. */
export async function walked(event: Event<Walked>, tx: Transaction) {
  await note(event, tx, 'walked')
  tx.publish({ name: 'WALKED', correlationKey: event.data._id })
}

/** The walk's end. */
export async function ended(event: Event<Walked>, tx: Transaction) {
  await note(event, tx, 'ended')
}

/** An instance that was made has come to its end. */
export async function made(event: Event<Walked>, tx: Transaction) {
  await note(event, tx, 'made')
}

/** Owes a message that no engine takes: JSON writes the number with 20 digits, which no double holds. */
export async function poison(event: Event<Walked>, tx: Transaction) {
  await tx.upsert('poison', { _id: event.data._id })
  tx.publish({
    name: 'POISON',
    correlationKey: event.data._id,
    variables: { number: 2 ** 60 + 2 ** 59 + 2 ** 58 + 2 ** 10 },
  })
}

/** How often it happened to the walk. */
async function note({ data: { _id } }: Event<Walked>, tx: Transaction, what: string): Promise<void> {
  const walk = await tx.get('walk', _id)
  const times = (walk?.[what] ?? 0) as number
  await tx.upsert('walk', { ...walk, _id, [what]: times + 1 })
}
