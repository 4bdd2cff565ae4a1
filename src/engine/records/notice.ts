import type { ActivatedJob } from '../command.ts'
import type { Key, Variables } from '../key.ts'
import type { ElementInstance, Subscription } from '../state/rows.ts'

/** What the real engine has a record of and ours no event, since it changes nothing in our state. */
export type Notice =
  /** The message's side of a subscription is open: buffered messages are looked at next. */
  | { type: 'SUBSCRIPTION_OPENED'; subscription: Subscription }
  /** No buffered message was there: the instance's side is told that it waits. */
  | { type: 'SUBSCRIPTION_ACKNOWLEDGED'; subscription: Subscription }
  /** The message's side is told that the instance took the message. */
  | { type: 'CORRELATION_ACKNOWLEDGED'; subscription: Subscription; messageKey: Key; variables: Variables }
  /** The message's side of a subscription that was deleted is closed. */
  | { type: 'SUBSCRIPTION_CLOSED'; subscription: Subscription }
  | { type: 'CLOSE_ACKNOWLEDGED'; subscription: Subscription }
  /** A variable of an instance that was migrated. */
  | { type: 'VARIABLE_MIGRATED'; key: Key; scopeKey: Key; name: string }
  /** The message's side of a subscription that was migrated. */
  | { type: 'SUBSCRIPTION_MIGRATED'; subscription: Subscription }
  /** An event of a process definition, such as a message that starts an instance. */
  | {
      type: 'START_EVENT_TRIGGERED'
      key: Key
      processInstanceKey: Key
      processDefinitionKey: Key
      targetElementId: string
      variables: Variables
    }
  /** An event that was triggered before is taken on: `scopeKey` had it. */
  | {
      type: 'EVENT_TAKEN_ON'
      key: Key
      scopeKey: Key
      processInstanceKey: Key
      processDefinitionKey: Key
      targetElementId: string
    }
  /** An escalation was thrown, and taken on or not. `catchElementId`: empty where nothing catches it. */
  | {
      type: 'ESCALATED' | 'NOT_ESCALATED'
      key: Key
      processInstanceKey: Key
      escalationCode: string
      throwElementId: string
      catchElementId: string
    }
  /** A listener's job was done: its element takes on what it brought. */
  | {
      type: 'LISTENER_TRIGGERED'
      key: Key
      scopeKey: Key
      processInstanceKey: Key
      processDefinitionKey: Key
      targetElementId: string
      variables: Variables
    }
  /** What has expired is told to go, all at once. */
  | { type: 'MESSAGES_DUE'; keys: readonly Key[] }
  | { type: 'JOBS_ACTIVATED'; key: Key; jobs: readonly ActivatedJob[] }
  /** An element that cannot be activated yet; what is refused is the token's. */
  | { type: 'ACTIVATION_REFUSED'; element: ElementInstance; reason: string }
