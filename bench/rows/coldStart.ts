import { runApart } from '../apart.ts'
import { runGit } from '../git.ts'
import { judge } from '../judge.ts'
import type { ColdStart, ColdStartTask } from '../ours/coldStart.ts'
import type { Cell } from '../report/cell.ts'
import type { Row } from '../row.ts'
import { newPath } from '../scratch.ts'
import { copyStarting } from '../starting/starting.ts'

export const coldStart: Row = {
  name: 'cold-start',
  text: 'clone, open and first write at 1M records, and the memory that it takes',
  isSlow: true,
  async measure({ quick, say }) {
    const size = quick ? 100_000 : 1_000_000
    const starting = await copyStarting(size, 'trie')
    const folder = await newPath('clone.git')
    say(`cloning ${size} records`)
    const start = performance.now()
    await runGit('.', ['clone', '--quiet', '--mirror', '--no-local', starting, folder])
    const cloned = performance.now() - start
    say('opening, and the first write')
    const task: ColdStartTask = { folder, size, writes: quick ? 1_000 : 20_000 }
    const module = new URL('../ours/coldStart.ts', import.meta.url)
    const { opened, written, memory, memoryAfter } = await runApart<ColdStart>(module, task, { limit: 180_000 })
    await judge(folder)
    return {
      title: `Clone, open and first write, ${size.toLocaleString('en')} records`,
      text: `git clones a mirror; a process that has just started opens it and writes once: from the call that opens to the write's being durable. Memory is the process's resident set, Node.js's own 50 MiB or so included, after the first write and after ${task.writes.toLocaleString('en')} more.`,
      columns: ['clone', 'open', 'open and first write', 'memory', 'memory after'],
      lines: [
        {
          who: 'Commitbase',
          cells: [seconds(cloned), seconds(opened), seconds(written), mebibytes(memory), mebibytes(memoryAfter)],
        },
        { who: 'to reach', cells: ['', '', '≤ 2 s', '', '≤ 1,024 MiB'].map((text) => ({ text })) },
      ],
    }
  },
}

function seconds(milliseconds: number): Cell {
  return { value: milliseconds / 1000, unit: 's' }
}

function mebibytes(bytes: number): Cell {
  return { value: bytes / 2 ** 20, unit: 'MiB' }
}
