import type { Step } from '../../src/step.ts'
import type { SourceChange } from '../planted/plant.ts'

/** A change of the sources that breaks a promise. */
export interface Planted extends SourceChange {
  /** What is wrong then, as a sentence. */
  readonly bug: string
  /** What shows it: processes that end at these steps, or a power cut, which alone shows a sync that is missing. */
  readonly by: readonly Step[] | 'power cut'
  /** What the harness must say then: anything else would be another bug. */
  readonly shows: RegExp
}

const isLost = /^ {2}(lost|sums|walks|receipts): /m
const isDoubled = /^ {2}(doubled|sums|walks): /m
const doesNotStart = /^ {2}the hub (does not start|ended with)/m
const isCut = /a power cut lost something|a reader finds|seed \d+, after/

/** Each breaks a promise of its own, and must be seen by the harness that its `by` names. */
export const planted: readonly Planted[] = [
  {
    bug: 'an event is acknowledged before it is written to the journal',
    file: 'src/git/disk/journal.ts',
    changes: [
      [
        '        await this.#write(batch)\n',
        '        for (const { id, resolve } of batch) resolve(id)\n        await nextTurn()\n        await this.#write(batch)\n',
      ],
    ],
    by: ['journal.taken'],
    shows: isLost,
  },
  {
    bug: 'an event is acknowledged before the journal is synced',
    file: 'src/git/disk/journal.ts',
    changes: [['    await this.#handle!.sync()\n', '']],
    by: 'power cut',
    shows: isCut,
  },
  {
    bug: 'the name of a journal that was written anew is not synced',
    file: 'src/git/disk/journal.ts',
    changes: [['      await this.#files.syncFolder(dirname(this.#file))\n', '']],
    by: 'power cut',
    shows: isCut,
  },
  {
    bug: 'an event is done with before it is applied',
    file: 'src/hub/intake/intake.ts',
    changes: [
      [
        '      const applied = await this.#options.apply(event, pipeline, identity)\n',
        '      this.#options.journal.settle(accepted.entry)\n      await delay(500)\n      const applied = await this.#options.apply(event, pipeline, identity)\n',
      ],
    ],
    by: ['journal.synced'],
    shows: isLost,
  },
  {
    bug: 'a batch is acknowledged before it is in the ahead-file',
    file: 'src/git/local/aheadFile.ts',
    changes: [
      [
        "    if (end > this.#written) this.#written = await this.#writeWithRoom(frame, end)\n    else await this.#file!.write(frame, this.#size)\n    step('ahead.written')\n    await this.#file!.sync()\n    step('ahead.synced')\n",
        '    const [file, at] = [this.#file!, this.#size]\n    setTimeout(() => file.write(frame, at).catch(() => {}), 300)\n',
      ],
    ],
    by: ['batch.landed', 'intake.settled'],
    shows: isLost,
  },
  {
    bug: 'a batch is acknowledged before the ahead-file is synced',
    file: 'src/git/local/aheadFile.ts',
    changes: [['    await this.#file!.sync()\n', '']],
    by: 'power cut',
    shows: isCut,
  },
  {
    bug: 'an ahead-file that was written anew takes the place of the old one before it is synced',
    file: 'src/git/local/aheadFile.ts',
    changes: [["      await file.sync()\n      step('ahead.rewritten')\n", '']],
    by: 'power cut',
    shows: isCut,
  },
  {
    bug: 'the ahead-file that was replaced is written over before its successor has the name for ever',
    file: 'src/git/local/twoFiles.ts',
    changes: [['      await this.#files.syncFolder(dirname(this.#path))\n', '']],
    by: 'power cut',
    shows: isCut,
  },
  {
    bug: 'an ahead-file that is written over an older one has the salt of that one',
    file: 'src/git/local/aheadFile.ts',
    changes: [
      [
        '  readonly salt = randomBytes(4).readUInt32BE()\n',
        '  readonly salt = randomBytes(4).fill(1).readUInt32BE()\n',
      ],
    ],
    by: 'power cut',
    shows: isCut,
  },
  {
    bug: 'the receipt is outside of the transaction: it lands after the commit',
    file: 'src/git/workspace.ts',
    changes: [
      [
        '    const outcome = await this.#repository.land(landing.objects, updates, landing.pending())\n',
        "    const outcome = await this.#repository.land(landing.objects, updates, [])\n    if (outcome === 'landed' && this.#repository.ledger) await this.#repository.land([], [], landing.pending())\n",
      ],
    ],
    by: ['ahead.synced'],
    shows: isDoubled,
  },
  {
    bug: 'the ahead-file is cut before the refs have moved',
    file: 'src/git/local/sealer.ts',
    changes: [
      [
        '      await this.#moveRefs(updates)\n',
        '      await ahead.finish(part)\n      await ahead.forgetSealed()\n      await this.#moveRefs(updates)\n',
      ],
    ],
    by: ['refs.locked', 'refs.filled'],
    shows: isLost,
  },
  {
    bug: 'a seal moves the branch and not the receipts',
    file: 'src/git/local/sealer.ts',
    changes: [
      [
        '      await this.#moveRefs(updates)\n',
        '      await this.#moveRefs(updates.filter((update) => update !== folded?.update))\n',
      ],
    ],
    by: ['seal.moved', 'ahead.cut'],
    shows: /^ {2}(doubled|receipts|lost): /m,
  },
  {
    bug: 'a pack goes while the ahead-file still goes on from it',
    file: 'src/git/local/sealer.ts',
    changes: [
      ['[...this.#superseded.keys()].filter((name) => !ahead.needed.has(name))', '[...this.#superseded.keys()]'],
    ],
    by: ['pack.superseded'],
    shows: doesNotStart,
  },
  {
    bug: "git's upkeep takes packs away before what they hold is in another",
    file: 'src/git/local/upkeep.ts',
    changes: [
      [
        "    step('upkeep.begun')\n",
        "    const names = (await readdir(join(folder, 'objects', 'pack'))).filter((name) => name.endsWith('.pack'))\n    for (const name of names) await rename(join(folder, 'objects', 'pack', name), join(folder, name))\n    step('upkeep.begun')\n    for (const name of names) await rename(join(folder, name), join(folder, 'objects', 'pack', name))\n",
      ],
      ['import { readdir,', 'import { rename, readdir,'],
      ['const packsBetween = 16', 'const packsBetween = 2'],
    ],
    by: ['upkeep.begun'],
    shows: /^ {2}(lost: git|the hub )/m,
  },
  {
    bug: 'packs are not synced before refs lead into them',
    file: 'src/git/packs/packFolder.ts',
    changes: [['    await file.sync()\n', '']],
    by: 'power cut',
    shows: isCut,
  },
  {
    bug: 'an index takes its place before its pack',
    file: 'src/git/packs/packFolder.ts',
    changes: [
      ['  await files.rename(pack,', '  const late = () => files.rename(pack,'],
      ["  step('pack.indexed')\n", "  await late()\n  step('pack.indexed')\n"],
    ],
    by: 'power cut',
    shows: isCut,
  },
  {
    bug: 'refs are not synced before the ahead-file is cut',
    file: 'src/git/local/moveRefs.ts',
    changes: [['    await Promise.all([...folders].map((each) => files.syncFolder(each)))\n', '']],
    by: 'power cut',
    shows: isCut,
  },
  {
    bug: 'what a killed owner left is thrown away before it is sealed',
    file: 'src/git/local/local.ts',
    changes: [
      [
        "      step('ahead.takenUp')\n",
        "      await this.#files.remove(join(this.folder, 'commitbase-ahead'))\n      step('ahead.takenUp')\n",
      ],
    ],
    by: ['batch.landed', 'ahead.takenUp'],
    shows: isLost,
  },
  {
    bug: 'a push finds what was sealed in the ahead-file still',
    file: 'src/git/local/local.ts',
    changes: [['    await this.#ahead?.forgetSealed()\n', '']],
    by: ['push.taken'],
    shows: doesNotStart,
  },
  {
    bug: 'the indexes say that they have a commit before they have its rows',
    file: 'src/database/index/recordIndex.ts',
    changes: [
      [
        '    this.#file.transact(() => {\n      work()\n',
        "    this.#file.transact(() => this.#file.write('commit', commit ?? undefined))\n    this.#file.transact(() => {\n      work()\n",
      ],
    ],
    by: ['rows.written'],
    // A counter that is not found begins anew, and what it is then may be what it was: that makes no commit.
    shows: /^ {2}(lost|doubled|sums): /m,
  },
  {
    bug: 'the cursor moves before the messages are sent',
    file: 'src/events/messages/outbox.ts',
    changes: [
      [
        '        read = page.at(-1)?.seq ?? read\n',
        '        read = page.at(-1)?.seq ?? read\n        this.#delivered = read\n        await this.#saveCursor()\n',
      ],
    ],
    by: ['cursor.moved'],
    shows: isLost,
  },
  {
    bug: 'a message that is sent again has another id',
    file: 'src/events/messages/deliver.ts',
    changes: [
      [
        'options.publisher.publish(message)',
        'options.publisher.publish({ ...message, messageId: crypto.randomUUID() })',
      ],
    ],
    by: ['message.sent'],
    shows: isDoubled,
  },
  {
    bug: 'a dead letter is not kept',
    file: 'src/events/messages/outbox.ts',
    changes: [['      await this.#options.writer.submit(async (workspace) => bury(workspace, delivery))\n', '']],
    by: ['letter.buried'],
    shows: /^ {2}letters: /m,
  },
  {
    bug: 'the engine answers before its documents have landed',
    file: 'src/engine/runtime/runtime.ts',
    changes: [
      [
        '    const records = await this.#records.prepare(batch.records)\n',
        "    batch.settle()\n    await new Promise(setImmediate)\n    step('engine.decided')\n    const records = await this.#records.prepare(batch.records)\n",
      ],
      ['    batch.settle()\n    await published\n', '    await published\n'],
    ],
    by: ['engine.decided'],
    shows: isLost,
  },
  {
    bug: 'the Action pushes its receipt after the commit',
    file: 'src/git/remote/remote.ts',
    changes: [
      [
        "    const pushed = await this.#git(this.#store.own, ['push', ...options, this.#address.url, ...moves])\n",
        "    const [first, rest] = [moves.filter((move) => move.includes('refs/heads/')), moves.filter((move) => !move.includes('refs/heads/'))]\n    await this.#git(this.#store.own, ['push', ...options, this.#address.url, ...first])\n    step('remote.pushed')\n    const pushed = await this.#git(this.#store.own, ['push', ...options, this.#address.url, ...rest])\n",
      ],
    ],
    by: ['remote.pushed'],
    shows: isDoubled,
  },
  {
    bug: "the Action's cursor is carried past messages that were not sent",
    file: 'action/owed.ts',
    changes: [
      [
        '    moveCursor(workspace, consumer, from, through)\n',
        '    moveCursor(workspace, consumer, from, through + 1)\n',
      ],
    ],
    by: ['action.landed'],
    shows: isLost,
  },
]
