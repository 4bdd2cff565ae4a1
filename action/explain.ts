import { codeOf, messageOf } from '../src/errors.ts'
import type { Request } from './inputs.ts'

/** The one annotation of a step that could not do its work: what was wrong, and which input to look at where the words do not say so. */
export function explain(error: unknown, request: Request | undefined): string {
  const advice = adviceFor(codeOf(error), request)
  const words = messageOf(error)
  return advice === undefined || words.includes(advice.input) ? words : `${words}. ${advice.text}`
}

interface Advice {
  readonly input: string
  readonly text: string
}

function adviceFor(code: string, request: Request | undefined): Advice | undefined {
  const onRepository = request === undefined || ['operation', 'handlers', 'resend'].includes(request.kind)
  if (code === 'unauthorized') return onRepository ? token : credentials
  return code === 'unavailable' && !onRepository ? address : undefined
}

const token: Advice = {
  input: "'github_token'",
  text: "Check the input 'github_token': the job needs 'permissions: contents: write'",
}

const credentials: Advice = {
  input: "'zeebe_client_id'",
  text: "Check the inputs 'zeebe_client_id' and 'zeebe_client_secret'",
}

const address: Advice = { input: "'zeebe_address'", text: "Check the input 'zeebe_address'" }
