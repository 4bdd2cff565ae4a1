import { inRepository } from './inRepository.ts'
import type { Report } from './report.ts'
import type { Step } from './step.ts'

/**
 * Does what the step asks for. What does it is loaded when it is known what it is: the engine's client is large, and the
 * repository is asked for its head before the database is there.
 */
export async function perform(step: Step): Promise<Report> {
  const { request } = step.inputs
  switch (request.kind) {
    case 'operation':
      return await inRepository(step, async (repository) => {
        const { performOperation } = await import('./performOperation.ts')
        return await performOperation(request, step, repository)
      })
    case 'handlers':
      return await inRepository(step, async (repository) => {
        const { performHandlers } = await import('./performHandlers.ts')
        return await performHandlers(request, step, repository)
      })
    case 'resend':
      return await inRepository(step, async (repository) => {
        const { performResend } = await import('./performResend.ts')
        return await performResend(step, repository)
      })
    case 'deploy':
    case 'create':
    case 'publish':
    case 'work':
      return await (await import('./performEngine.ts')).performEngine(request, step)
    default:
      return request satisfies never
  }
}
