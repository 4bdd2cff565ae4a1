import { codeOf, messageOf } from '../src/errors.ts'
import type { Request } from './inputs.ts'

/** The one annotation of a step that could not do its work: what was wrong, and which input to look at where the words do not say so. */
export function explain(error: unknown, request: Request | undefined): string {
  const words = messageOf(error).trimEnd()
  const advice = adviceFor(error, request)
  if (advice === undefined || words.includes(advice.input)) return words
  return `${words}${/[.!?]$/.test(words) ? '' : '.'} ${advice.text}`
}

interface Advice {
  readonly input: string
  readonly text: string
}

function adviceFor(error: unknown, request: Request | undefined): Advice | undefined {
  const code = codeOf(error)
  const onRepository = request === undefined || ['operation', 'handlers', 'resend'].includes(request.kind)
  if (code === 'unauthorized') return onRepository ? token : credentials
  if (code !== 'unavailable' || onRepository) return undefined
  return request.kind === 'create' && /DEADLINE_EXCEEDED/.test(messageOf(error)) ? timeout : address
}

const token: Advice = {
  input: "'github_token'",
  text: "Check the input 'github_token': the job needs 'permissions: contents: write'",
}

const credentials: Advice = {
  input: "'zeebe_client_id'",
  text: "Check the inputs 'zeebe_client_id' and 'zeebe_client_secret'",
}

const timeout: Advice = {
  input: "'request_timeout'",
  text: "Check the input 'request_timeout': the instance goes on, and nobody waits for it any more",
}

const address: Advice = { input: "'zeebe_address'", text: "Check the input 'zeebe_address'" }
