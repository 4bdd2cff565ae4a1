import { performHandlers } from './performHandlers.ts'
import { performOperation } from './performOperation.ts'
import type { Report } from './report.ts'
import type { Step } from './step.ts'

/** Does what the step asks for. */
export async function perform(step: Step): Promise<Report> {
  const { request } = step.inputs
  switch (request.kind) {
    case 'operation':
      return await performOperation(request, step)
    case 'handlers':
      return await performHandlers(request, step)
    case 'resend':
      return await (await import('./performResend.ts')).performResend(step)
    case 'deploy':
    case 'create':
    case 'publish':
    case 'work':
      // The engine's client is large: a step that only writes does not wait for it.
      return await (await import('./performEngine.ts')).performEngine(request, step)
    default:
      return request satisfies never
  }
}
