import type * as Core from '@actions/core'
import type { Report } from './report.ts'

/** Outputs, job summary, log, and at most one annotation of each kind; a failure makes the step red. */
export async function writeReport(core: typeof Core, report: Report): Promise<void> {
  for (const [name, value] of Object.entries(report.outputs)) core.setOutput(name, value)
  core.info(`${report.title}${report.outputs.commit ? `: commit ${report.outputs.commit}` : ''}`)
  await writeSummary(core, report)
  if (report.warning) core.warning(report.warning)
  if (report.failure) core.setFailed(report.failure)
}

async function writeSummary(core: typeof Core, { title, rows }: Report): Promise<void> {
  if (!process.env.GITHUB_STEP_SUMMARY) return
  core.summary.addRaw(
    `### ${title.replace(/[\r\n<>&`[\]*_|\\]/g, (character) => `&#${character.charCodeAt(0)};`)}`,
    true,
  )
  core.summary.addRaw('', true)
  core.summary.addTable(rows.map(([name, value]) => [name, value]))
  await core.summary.write()
}
