/** `npm audit` of what runs in production, where the registry answers it; where it does not, this says so. Status 1 for a hole that is high or critical. */
import { spawnSync } from 'node:child_process'

interface Report {
  readonly message?: string
  readonly error?: { readonly summary?: string; readonly code?: string }
  readonly metadata?: {
    readonly vulnerabilities: Readonly<Record<string, number>>
    readonly dependencies: { readonly prod: number }
  }
  readonly vulnerabilities?: Readonly<Record<string, { readonly severity: string; readonly range: string }>>
}

const { stdout, stderr } = spawnSync('npm', ['audit', '--json', '--omit=dev'], {
  encoding: 'utf8',
  shell: process.platform === 'win32',
})
const report = parse(stdout)
if (!report.metadata) {
  const why = report.message ?? report.error?.summary ?? stderr.trim().split('\n')[0] ?? 'no answer'
  console.log(
    `audit: NOT DONE: the registry does not answer it (${why}); nothing is known of the holes that were found since`,
  )
} else {
  const grave = Object.entries(report.vulnerabilities ?? {}).filter(([, { severity }]) =>
    /high|critical/.test(severity),
  )
  for (const [name, { severity, range }] of grave) console.error(`audit: ${name} ${range}: ${severity}`)
  console.log(
    `audit: ${report.metadata.dependencies.prod} packages, holes: ${JSON.stringify(report.metadata.vulnerabilities)}`,
  )
  if (grave.length > 0) process.exitCode = 1
}

function parse(text: string): Report {
  try {
    return JSON.parse(text)
  } catch {
    return {}
  }
}
