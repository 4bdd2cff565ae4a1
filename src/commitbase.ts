/** What the package offers to those who write handlers: types only, so that a user's module needs no install. */
export type { Receipt } from './database/receipt.ts'
export type { Event } from './events/event.ts'
export type { Handler, HandlerSettings } from './events/handler.ts'
export type { Message, MessageDraft } from './events/message.ts'
export type { Transaction } from './events/transaction.ts'
