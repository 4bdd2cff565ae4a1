import { messageOf } from '../src/errors.ts'
import { escapeHtml, type Report } from './report.ts'
import type { Runner } from './runner.ts'

/** Outputs, job summary, log, and at most one annotation of each kind; a failure makes the step red. */
export async function writeReport(runner: Runner, report: Report): Promise<void> {
  for (const [name, value] of Object.entries(report.outputs)) runner.setOutput(name, value)
  runner.info(oneLine(`${report.title}${report.outputs.commit ? `: commit ${report.outputs.commit}` : ''}`))
  const warning = [report.warning, await writeSummary(runner, report)].filter((text) => text !== undefined).join('. ')
  if (warning) runner.warning(warning)
  if (report.failure) runner.setFailed(report.failure)
}

/** A line of the log that is no command to the runner (`::set-env …`), whatever a payload put into it. */
export function oneLine(text: string): string {
  return `- ${text.replaceAll(/[\r\n]+/g, ' ')}`
}

/** Gives what went wrong: no reason to call what has landed a failure. */
async function writeSummary(runner: Runner, { title, rows }: Report): Promise<string | undefined> {
  if (!process.env.GITHUB_STEP_SUMMARY) return undefined
  runner.summary.addHeading(escapeHtml(title), 3)
  runner.summary.addTable(rows.map(([name, value]) => [name, value]))
  try {
    await runner.summary.write()
    return undefined
  } catch (error) {
    return `the job's summary could not be written: ${messageOf(error)}`
  }
}
