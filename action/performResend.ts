import { foldReceipts } from '../src/database/foldReceipts.ts'
import { receiptsRef } from '../src/database/receipt.ts'
import { CommitbaseError, messageOf } from '../src/errors.ts'
import type { SharedRepository } from '../src/git/repository.ts'
import { Writer } from '../src/git/writer.ts'
import type { Workplace } from './applyRequest.ts'
import { author } from './author.ts'
import { type CatchUp, carryOn, catchUp } from './owed.ts'
import { type Report, reportResult } from './report.ts'
import type { Step } from './step.ts'
import { inWorkplace } from './workplace.ts'

/** Sends the messages that no engine has taken yet, and moves the cursor: for a schedule, when nobody writes. */
export async function performResend(step: Step, repository: SharedRepository): Promise<Report> {
  return await inWorkplace(step, { repository, writes: 'resend' }, async (workplace) => {
    const { publisher, context } = workplace
    if (!publisher)
      throw new CommitbaseError(
        'invalid',
        "resend needs the input 'zeebe_address' (or ZEEBE_ADDRESS): it names the engine to send to",
      )
    const sent = await catchUp(repository, publisher, context.clock)
    await moveCursor(workplace, sent)
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

async function moveCursor({ repository, context }: Workplace, sent: CatchUp): Promise<void> {
  if (sent.through === sent.cursor.seq) return
  const writer = new Writer({ repository, refs: [receiptsRef], fold: foldReceipts(author, context.clock) })
  await writer.submit(carryOn(repository, sent)).finally(() => writer.close())
}
