/** `npm run bench`: measures the rows one after the other, prints their tables, keeps them as JSON. */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type Flags, partialFile, readFlags, usage } from './flags.ts'
import { runGit } from './git.ts'
import type { Result } from './report/cell.ts'
import { formatResult, formatRun } from './report/format.ts'
import { describeMachine } from './report/machine.ts'
import { type Part, withRun } from './report/page.ts'
import { plot } from './report/plot.ts'
import type { Run } from './report/run.ts'
import type { Row } from './row.ts'
import { rows } from './rows.ts'
import { stopping } from './scratch.ts'

process.chdir(`${import.meta.dirname}/..`)
await main(process.argv.slice(2))

async function main(args: readonly string[]): Promise<void> {
  const flags = readFlagsOrExit(args)
  if (flags.help) return console.log(usage + rows.map(({ name, text }) => `  ${name.padEnd(14)} ${text}`).join('\n'))
  const results: Result[] = []
  for (const row of chosen(flags)) results.push(...(await measureOrSay(row, flags)))
  const run = await describeRun(args, results)
  console.log(`\n${formatRun({ ...run, results: [] })}`)
  const isWhole = !process.exitCode && !stopping.aborted
  await writeText(isWhole ? flags.json : partialFile, `${JSON.stringify(run, null, 2)}\n`)
  if (flags.docs && isWhole) await writeDocs(run, flags.part!)
  // What a peer left open must not keep the benchmark.
  process.exit()
}

function readFlagsOrExit(args: readonly string[]): Flags {
  try {
    return readFlags(
      args,
      rows.map(({ name }) => name),
    )
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${usage}`)
    process.exit(2)
  }
}

function chosen({ only, quick }: Flags): readonly Row[] {
  if (only.length > 0) return rows.filter(({ name }) => only.includes(name))
  return rows.filter(({ byNameOnly, isSlow }) => !byNameOnly && !(quick && isSlow))
}

/** One row that fails takes no other with it, and the benchmark fails in the end. */
async function measureOrSay(row: Row, flags: Flags): Promise<Result[]> {
  try {
    return [await measure(row, flags)]
  } catch (error) {
    console.error(`\n${row.name} failed: ${(error as Error).stack}\n`)
    process.exitCode = 1
    return []
  }
}

async function measure(row: Row, { quick, minutes, zeebe }: Flags): Promise<Result> {
  const start = performance.now()
  const say = (text: string) => process.stderr.write(`${row.name}: ${text}\n`)
  const measured = await row.measure({ quick, minutes, zeebe, say })
  const result = { name: row.name, ...measured, seconds: Math.round((performance.now() - start) / 100) / 10 }
  console.log(`\n${formatResult(result)}\n`)
  return result
}

async function describeRun(flags: readonly string[], results: readonly Result[]): Promise<Run> {
  const commit = await runGit('.', ['rev-parse', 'HEAD']).catch(() => 'unknown')
  return { time: new Date().toISOString(), flags, commit, machine: await describeMachine(), results }
}

async function writeDocs(run: Run, part: Part): Promise<void> {
  if (part === 'bench') await writeText('docs/performance.svg', plot(run))
  const page = await readFile('docs/PERFORMANCE.md', 'utf8')
  await writeText('docs/PERFORMANCE.md', withRun(page, part, run))
}

async function writeText(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, text)
}
