import type { SourceChange } from '../planted/plant.ts'

/** A change of the sources that breaks a promise. */
export interface Planted extends SourceChange {
  /** What is wrong then, as a sentence. */
  readonly bug: string
  /** A line that the simulation must print then: anything else would be another bug. */
  readonly shows: RegExp
}

const isLost = /^ {2}(lost|sum|message|inbox|content): /
const isDoubled = /^ {2}(doubled|sum|receipts): /

export const planted: readonly Planted[] = [
  {
    bug: 'a writer is told before its push has landed',
    file: 'src/git/shared/sharedWriter.ts',
    changes: [
      [
        "    return (await workspace.land(this.#options.fold)) === 'landed' ? outcome : undefined\n",
        '    workspace.land(this.#options.fold).catch(() => {})\n    return outcome\n',
      ],
    ],
    shows: isLost,
  },
  {
    bug: 'a push that was lost counts as landed',
    file: 'src/git/shared/sharedWriter.ts',
    changes: [
      [
        "    return (await workspace.land(this.#options.fold)) === 'landed' ? outcome : undefined\n",
        '    await workspace.land(this.#options.fold)\n    return outcome\n',
      ],
    ],
    shows: isLost,
  },
  {
    bug: 'the receipt is pushed after the commit',
    file: 'src/git/workspace.ts',
    changes: [
      [
        '    const outcome = await this.#repository.land(landing.objects, updates, landing.pending())\n',
        "    const isReceipts = ({ ref }: RefUpdate) => ref === 'refs/commitbase/receipts'\n    await this.#repository.land(landing.objects, updates.filter((update) => !isReceipts(update)), landing.pending())\n    const outcome = await this.#repository.land(landing.objects, updates.filter(isReceipts), [])\n",
      ],
    ],
    shows: isDoubled,
  },
  {
    bug: 'the cursor of a hub moves before the messages are taken',
    file: 'src/events/messages/outbox.ts',
    changes: [
      [
        '        read = page.at(-1)?.seq ?? read\n',
        '        read = page.at(-1)?.seq ?? read\n        this.#delivered = read\n        await this.#saveCursor()\n',
      ],
    ],
    shows: /^ {2}cursor: /,
  },
  {
    bug: 'the cursor of the Action is carried past messages that were not sent',
    file: 'action/owed.ts',
    changes: [
      [
        '    moveCursor(workspace, consumer, from, through)\n',
        '    moveCursor(workspace, consumer, from, through + 1)\n',
      ],
    ],
    shows: /^ {2}(cursor|message): /,
  },
  {
    bug: 'an engine that is away counts as one that took the message',
    file: 'action/owed.ts',
    changes: [['      return { cursor, through, deliveries, failure }\n', '      void failure\n']],
    shows: /^ {2}(cursor|message|order): /,
  },
  {
    bug: 'a dead letter is not kept',
    file: 'action/owed.ts',
    changes: [
      ["    for (const delivery of deliveries) if (delivery.status === 'dead') bury(workspace, delivery)\n", ''],
    ],
    shows: /^ {2}message: /,
  },
  {
    bug: 'a message that is sent again has another id',
    file: 'src/events/messages/deliver.ts',
    changes: [
      [
        'options.publisher.publish(message)',
        'options.publisher.publish({ ...message, messageId: message.messageId + attempt })',
      ],
    ],
    shows: /^ {2}message: /,
  },
  {
    bug: 'messages of one correlation id leave side by side',
    file: 'src/events/messages/deliver.ts',
    changes: [['    const { correlationid } = receipt.event\n', '    const correlationid = receipt.event.id\n']],
    shows: /^ {2}order: /,
  },
  {
    bug: 'a drain is pushed without the lease, and evaluates what others have evaluated',
    file: 'src/git/shared/drain.ts',
    changes: [
      [
        '    const { update, blob } = this.#options.lease.move(view.lease, this.#nextHolder(left))\n    this.#workspace.point(update.ref, update.from, blob)\n',
        '    this.#nextHolder(left)\n',
      ],
    ],
    shows: /^ {2}(lease|unanswered|inbox): /,
  },
  {
    bug: 'an entry that was evaluated stays in the inbox',
    file: 'src/git/shared/drain.ts',
    changes: [['    for (const [key, oid] of this.#done) this.#workspace.point(inboxFolder + key, oid, null)\n', '']],
    shows: /^ {2}(inbox|unanswered): /,
  },
  {
    bug: 'an entry is taken away unread',
    file: 'src/git/shared/drain.ts',
    changes: [["    if (todo.kind === 'foreign') return void this.#foreign.add(key)\n", '']],
    shows: isLost,
  },
  {
    bug: 'whoever drained keeps the lease',
    file: 'src/git/shared/drain.ts',
    changes: [
      [
        'this.#options.lease.move(view.lease, this.#nextHolder(left))',
        'this.#options.lease.move(view.lease, this.#nextHolder(left) ?? this.#options.holder)',
      ],
    ],
    shows: /^ {2}(lease|unanswered): /,
  },
  {
    bug: 'each push of a writer that waits claims the lease, whoever has it',
    file: 'src/git/shared/lease.ts',
    changes: [
      ['    return now - this.#since >= patience + place * turn\n', '    return now - this.#since + place >= 0\n'],
    ],
    shows: /^ {2}(unanswered|patience): /,
  },
  {
    bug: 'a push whose answer was lost is run again without a look for its receipt',
    file: 'src/events/applyEvent.ts',
    changes: [["    if (earlier && earlier.status !== 'failed') return appliedFrom(event, earlier, true)\n", '']],
    shows: /^ {2}(conflict|doubled): /,
  },
  {
    bug: 'what was evaluated is pushed onto the new head after a lost race, and not evaluated again',
    file: 'src/git/workspace.ts',
    changes: [
      [
        '    const outcome = await this.#repository.land(landing.objects, updates, landing.pending())\n',
        "    let outcome = await this.#repository.land(landing.objects, updates, landing.pending())\n    if (outcome === 'lost') {\n      const now = await this.#repository.refs(updates.map(({ ref }) => ref))\n      const onto = updates.map((update) => ({ ...update, from: now.get(update.ref) ?? null }))\n      outcome = await this.#repository.land(landing.objects, onto, landing.pending())\n    }\n",
      ],
    ],
    shows: /^ {2}(lost|sum|doubled|receipts|order): /,
  },
  {
    bug: 'a holder that is not current any more goes on with what it saw',
    file: 'src/git/remote/judgeRefusal.ts',
    changes: [
      [
        "  return updates.some(({ ref, from }) => !isAt(ref, from)) ? 'lost' : 'error'\n",
        "  return updates.some(({ ref, from }) => !isAt(ref, from)) ? 'landed' : 'error'\n",
      ],
    ],
    shows: isLost,
  },
  {
    bug: 'the lease of the dead is never taken',
    file: 'src/git/shared/lease.ts',
    changes: [['export const patience = 20_000\n', 'export const patience = 200_000_000\n']],
    shows: /^ {2}(unanswered|lease|inbox): /,
  },
  {
    bug: 'a failed event is final',
    file: 'src/events/applyEvent.ts',
    changes: [["    if (earlier && earlier.status !== 'failed') return", '    if (earlier) return']],
    shows: /^ {2}again: /,
  },
  {
    bug: 'the place of a receipt is given twice',
    file: 'src/database/receipts/receipts.ts',
    changes: [['encode(receiptAt(seq))', 'encode(receiptAt(Math.max(seq, 2)))']],
    shows: /^ {2}order: /,
  },
]
