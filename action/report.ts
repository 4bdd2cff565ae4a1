import type { MessageState, Outcome } from './applyRequest.ts'
import type { Run } from './run.ts'

/** What a step tells GitHub: its outputs, its summary, and why it ends red. */
export interface Report {
  readonly outputs: Readonly<Record<'result' | 'commit' | 'event_id' | 'duplicate', string>>
  readonly title: string
  /** Name and HTML of each row. */
  readonly rows: readonly (readonly [string, string])[]
  readonly failure?: string
  readonly warning?: string
}

/** The report of a step that applied an event. `asked` is the operation's name, or the event's type where handlers ran. */
export function reportOutcome(asked: string, outcome: Outcome, run: Run): Report {
  const { applied } = outcome
  const { event, commit, duplicate, error, result } = applied
  return {
    outputs: {
      result: result === undefined ? '' : JSON.stringify(result),
      commit: commit ?? '',
      event_id: event.id,
      duplicate: String(duplicate),
    },
    title: applied.subject ?? asked,
    rows: [
      ['Event', `${code(event.id)} of type ${code(event.type)}${duplicate ? ', which had been applied before' : ''}`],
      ['Commit', commit ? commitLink(commit, applied.subject, run) : 'none: nothing changed'],
      ...messageRows(outcome.messages),
      ...(outcome.resent > 0 ? [['Earlier messages', `${outcome.resent} sent again`] as const] : []),
      ...(error ? [['Error', `${code(error.code)} ${escapeHtml(error.message)}`] as const] : []),
      ...(result === undefined ? [] : [['Result', json(result)] as const]),
    ],
    failure: error
      ? `${asked} ${isFinal(error.code) ? 'was refused' : 'failed'} (${error.code}): ${error.message}`
      : undeliveredFailure(outcome),
    warning: undeliveredWarning(outcome),
  }
}

/** The report of a step that only spoke to the engine. */
export function reportResult(title: string, result: unknown, rows: Report['rows'] = []): Report {
  return {
    outputs: { result: JSON.stringify(result), commit: '', event_id: '', duplicate: 'false' },
    title,
    rows: [...rows, ['Result', json(result)]],
  }
}

function undeliveredFailure({ failure, messages }: Outcome): string | undefined {
  const dead = messages.find((message) => message.status === 'dead')
  if (dead?.status === 'dead') {
    return `the commit has landed, but the engine refused message '${dead.message.name}': ${dead.reason}. Mend the handler's message; this one is among the dead letters`
  }
  if (failure === undefined) return undefined
  const words = failure instanceof Error ? failure.message : String(failure)
  return `the commit has landed, but the engine did not take what is owed: ${words}. Check the input 'zeebe_address' and its credentials; the next run sends it again, or re-run this one`
}

function undeliveredWarning({ failure, messages }: Outcome): string | undefined {
  const owed = messages.filter(({ status }) => status === 'owed')
  if (owed.length === 0 || failure !== undefined) return undefined
  return `owed to the engine, and not sent: ${namesOf(owed)}. Give the input 'zeebe_address' (or ZEEBE_ADDRESS); a run that has it sends what is owed`
}

function namesOf(messages: readonly MessageState[]): string {
  const names = [...new Set(messages.map(({ message }) => message.name))]
  const shown = names.slice(0, 10).join(', ')
  return names.length <= 10 ? shown : `${shown} and ${names.length - 10} more`
}

/** A summary may have 1 MiB. */
const mostRows = 50

function messageRows(messages: readonly MessageState[]): Report['rows'] {
  const rows = messages.slice(0, mostRows).map((message) => ['Message', messageRow(message)] as const)
  const rest = messages.length - rows.length
  return rest > 0 ? [...rows, ['Messages', `and ${rest} more`]] : rows
}

function messageRow(state: MessageState): string {
  const { name, correlationKey } = state.message
  const became =
    state.status === 'dead'
      ? `refused for good: ${escapeHtml(state.reason)}`
      : state.status === 'taken'
        ? 'taken by the engine'
        : 'owed'
  return `${code(name)} for ${code(correlationKey)}: ${became}`
}

function commitLink(commit: string, subject: string | undefined, { url }: Run): string {
  const link = `<a href="${escapeHtml(`${url.replace(/\.git$/, '')}/commit/${commit}`)}">${code(commit.slice(0, 7))}</a>`
  return subject ? `${link} ${escapeHtml(subject)}` : link
}

const longest = 20_000

function json(value: unknown): string {
  const text = JSON.stringify(value, null, 2)
  const shown = text.length <= longest ? text : `${text.slice(0, longest)}\n… (${text.length} characters)`
  return `<pre>${shown.replace(/[&<>]/g, escapeHtml)}</pre>`
}

function code(text: string): string {
  return `<code>${escapeHtml(text)}</code>`
}

/** Whatever came in a payload is text in the summary, and nothing else: the rows are one block of HTML, which ends at an empty line (to Markdown, CR alone ends a line, too). */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"\r\n]/g, (character) => `&#${character.charCodeAt(0)};`)
}

function isFinal(errorCode: string): boolean {
  return ['invalid', 'conflict', 'not_found'].includes(errorCode)
}
