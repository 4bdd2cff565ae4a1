import { escapeHtml, type Report } from './report.ts'
import type { Runner } from './runner.ts'

/** Outputs, job summary, log, and at most one annotation of each kind; a failure makes the step red. */
export async function writeReport(runner: Runner, report: Report): Promise<void> {
  for (const [name, value] of Object.entries(report.outputs)) runner.setOutput(name, value)
  runner.info(oneLine(`${report.title}${report.outputs.commit ? `: commit ${report.outputs.commit}` : ''}`))
  await writeSummary(runner, report)
  if (report.warning) runner.warning(report.warning)
  if (report.failure) runner.setFailed(report.failure)
}

/** A line of the log that is no command to the runner (`::set-env …`), whatever a payload put into it. */
export function oneLine(text: string): string {
  return `- ${text.replaceAll(/[\r\n]+/g, ' ')}`
}

async function writeSummary(runner: Runner, { title, rows }: Report): Promise<void> {
  if (!process.env.GITHUB_STEP_SUMMARY) return
  runner.summary.addHeading(escapeHtml(title), 3)
  runner.summary.addTable(rows.map(([name, value]) => [name, value]))
  await runner.summary.write()
}
