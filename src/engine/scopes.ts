import { beginEventSubProcess, isScopeDone, queueCompletion } from './lifecycle.ts'
import type { Behaviour } from './run.ts'

/** What an element in which others lie does when one of them has ended: it completes with the last one, unless an event subprocess takes over. */
export const scopeOf: Required<Pick<Behaviour, 'childEnded'>> = {
  childEnded(run, scope) {
    if (!isScopeDone(run, scope)) return
    const { interruptedBy, triggers } = scope
    const takeover = interruptedBy && triggers.find(({ eventSubProcessId }) => eventSubProcessId === interruptedBy)
    if (!takeover) queueCompletion(run, scope)
    else beginEventSubProcess(run, scope, takeover)
  },
}
