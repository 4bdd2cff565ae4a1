import { execFile } from 'node:child_process'
import { cpus } from 'node:os'
import { promisify } from 'node:util'
import { replacePart } from '../reliability/replacePart.ts'
import type { ChaosReport } from './chaos.ts'
import type { OverloadReport } from './overload.ts'
import type { Planted } from './planted.ts'
import { allSteps } from './steps.ts'

/** Puts a run's figures into the page, in place of those of the run before. */
export async function showChaos(report: ChaosReport): Promise<void> {
  const ends = [...report.reached.values()].reduce((sum, count) => sum + count, 0)
  const rows = [
    ['acknowledged writes', number(report.acknowledged), `${number(report.byAction)} of them by runs of the Action`],
    ['lost', '0', ''],
    ['doubled', '0', ''],
    ['walks through a process, each to its end once', number(report.walks), ''],
    [`ends by \`kill -9\` at a named step`, number(ends), `${report.reached.size} of ${allSteps.length} steps`],
    ['ends by `kill -9` at any other moment', number(report.random), ''],
    ['stops by SIGTERM', number(report.stops), ''],
    ['`git fsck --full --strict`', 'clean', 'both repositories'],
  ]
  await replacePart('chaos', [
    `Seed ${report.seed}, ${Math.round(report.seconds)} s, ${await machine()}:`,
    '',
    '| what | how many | |',
    '| --- | --- | --- |',
    ...rows.map((row) => `| ${row.join(' | ')} |`),
  ])
}

/** One line a bug: what showed it. */
export async function showPlanted(
  results: readonly { readonly bug: Planted; readonly caught: boolean }[],
): Promise<void> {
  const lines = results.map(({ bug: { bug, by }, caught }) => {
    const harness = by === 'power cut' ? 'a power cut' : `\`kill -9\` at ${by.map((step) => `\`${step}\``).join(', ')}`
    return `| ${bug} | ${harness} | ${caught ? 'yes' : '**no**'} |`
  })
  await replacePart('planted', ['| bug | looked for by | found |', '| --- | --- | --- |', ...lines])
}

export async function showOverload(report: OverloadReport): Promise<void> {
  const rows = [
    ['what the handler can do', `${number(report.capacity)} events/s`],
    ['requests', `${number(Math.round(report.requests / report.seconds))}/s for ${report.seconds} s`],
    ['taken (204)', number(report.taken)],
    ['told to come back (503, `Retry-After`)', number(report.refused)],
    ['p99 from request to 204', `${number(report.p99)} ms`],
    ['longest', `${number(report.longest)} ms`],
    ['memory at most', `${number(report.memory)} MiB`],
    ['nothing waited any more after', `${(report.recovery / 1_000).toFixed(1)} s`],
    ['lost, doubled', '0'],
  ]
  await replacePart('overload', [
    `On ${await machine()}:`,
    '',
    '| what | |',
    '| --- | --- |',
    ...rows.map((row) => `| ${row.join(' | ')} |`),
  ])
}

async function machine(): Promise<string> {
  const git = async (...args: string[]) => (await promisify(execFile)('git', args)).stdout.trim()
  const version = (await git('--version')).replace('version ', '')
  const commit = await git('-C', import.meta.dirname, 'rev-parse', '--short', 'HEAD')
  return `${cpus().length} cores, Node ${process.versions.node}, ${version}, commit ${commit}`
}

function number(value: number): string {
  return value.toLocaleString('en')
}
