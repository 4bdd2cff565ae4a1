import type { Result } from './cell.ts'
import type { Machine } from './machine.ts'
import type { Run } from './run.ts'
import { formatTable } from './table.ts'

/** What a run prints and the page shows, in Markdown. */
export function formatRun({ time, flags, commit, machine, results }: Run): string {
  const command = ['npm run bench', ...(flags.length > 0 ? ['--', ...flags] : [])].join(' ')
  const head = `\`${command}\` on ${time.slice(0, 10)}, commit ${commit.slice(0, 12)}\n\n${formatMachine(machine)}`
  return [head, ...results.map(formatResult)].join('\n\n')
}

function formatMachine({ cpu, cores, memory, disk, system, node, git }: Machine): string {
  return `${cpu}, ${cores} cores, ${memory}; disk ${disk}; ${system}; Node.js ${node}; ${git}`
}

export function formatResult(result: Result): string {
  return `### ${result.title}\n\n${result.text}\n\n${formatTable(result)}`
}
