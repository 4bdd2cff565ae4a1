import { CommitbaseError, messageOf } from '../src/errors.ts'
import type { SharedRepository } from '../src/git/repository.ts'
import { type Report, reportResult } from './report.ts'
import { resendOwed } from './resendOwed.ts'
import type { Step } from './step.ts'
import { inWorkplace } from './workplace.ts'

/** Sends the messages that no engine has taken yet, and moves the cursor: for a schedule, when nobody writes. */
export async function performResend(step: Step, repository: SharedRepository): Promise<Report> {
  return await inWorkplace(step, { repository, writes: 'resend' }, async (workplace) => {
    if (!workplace.publisher)
      throw new CommitbaseError(
        'invalid',
        "resend needs the input 'zeebe_address' (or ZEEBE_ADDRESS): it names the engine to send to",
      )
    const sent = await resendOwed(workplace, workplace.publisher)
    const count = (status: string) => sent.deliveries.filter((delivery) => delivery.status === status).length
    const report = reportResult('resend', { taken: count('taken'), dead: count('dead'), through: sent.through })
    return sent.failure === undefined
      ? report
      : {
          ...report,
          failure: `the engine did not take what is owed: ${messageOf(sent.failure)}. Check the input 'zeebe_address' and its credentials`,
        }
  })
}
