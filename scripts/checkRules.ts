/**
 * Shows that the checks can fail: copies the sources aside, plants one violation of each import rule, one unused file and one
 * lint error, and must see every one of them found.
 */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

interface Rule {
  readonly name: string
}

const root = join(import.meta.dirname, '..')

/** The rooms within a room, each with another one that it may not import. */
const innerRooms: Readonly<Record<string, string>> = {
  'git/objects': 'local',
  'git/commands': 'local',
  'git/disk': 'local',
  'git/packs': 'local',
  'git/trees': 'local',
  'git/history': 'local',
  'git/local': 'remote',
  'git/remote': 'local',
  'git/shared': 'local',
  'database/json': 'operations',
  'database/schemas': 'operations',
  'database/tables': 'operations',
  'database/receipts': 'operations',
  'database/index': 'operations',
  'database/queries': 'operations',
  'database/past': 'operations',
  'database/transactions': 'operations',
  'database/checks': 'operations',
  'database/operations': 'checks',
  'engine/state': 'lifecycle',
  'engine/storage': 'lifecycle',
  'engine/records': 'storage',
  'engine/compile': 'storage',
  'engine/definitions': 'storage',
  'engine/elements': 'storage',
  'engine/lifecycle': 'storage',
  'engine/waiting': 'storage',
  'engine/variables': 'storage',
  'engine/jobs': 'storage',
  'engine/commands': 'storage',
  'engine/migration': 'storage',
  'engine/deployments': 'storage',
  'feel/values': 'compile',
  'feel/parse': 'compile',
  'feel/patterns': 'compile',
  'feel/functions': 'compile',
  'feel/compile': 'functions',
  'hub/access': 'pushes',
  'hub/intake': 'access',
  'hub/pushes': 'intake',
}

const sandbox = mkdtempSync(join(tmpdir(), 'commitbase-rules-'))
try {
  copySources()
  const missed = [...missedImportRules(), ...missedByKnip(), ...missedByBiome()]
  if (missed.length > 0) {
    console.error(`planted, but not found: ${missed.join(', ')}`)
    process.exitCode = 1
  } else console.log('every planted violation was found')
} finally {
  rmSync(sandbox, { recursive: true })
}

function copySources(): void {
  const folders = ['src', 'action', 'examples', 'scripts', 'test', 'bench']
  const files = ['package.json', 'tsconfig.json', 'biome.json', 'knip.json', '.dependency-cruiser.cjs', '.gitignore']
  for (const name of [...folders, ...files]) cpSync(join(root, name), join(sandbox, name), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(sandbox, 'node_modules'))
  run('git', ['init', '--quiet'])
}

function missedImportRules(): string[] {
  const planted: Record<string, string> = {
    'no-cycle': `import './plantedOther.ts'`,
    'no-unresolved': `import './isNotThere.ts'`,
    'no-dev-in-src': `import 'fast-check'`,
    'src-is-below': `import '../../scripts/planted.ts'`,
    'git-imports-down': `import '../database/planted.ts'`,
    'database-imports-down': `import '../events/planted.ts'`,
    'events-imports-down': `import '../hub/planted.ts'`,
    'feel-imports-down': `import '../git/planted.ts'`,
    'dmn-imports-down': `import '../engine/planted.ts'`,
    'engine-imports-down': `import '../database/planted.ts'`,
    'zeebe-imports-down': `import '../engine/planted.ts'`,
    'github-imports-down': `import '../hub/planted.ts'`,
    'hub-imports-down': `import '../cli/planted.ts'`,
    'gateway-imports-down': `import '../console/planted.ts'`,
    'console-imports-down': `import '../cli/planted.ts'`,
    'cli-imports-down': `import '../../examples/planted.ts'`,
    'only-action-knows-actions': `import '@actions/core'`,
    'only-github-knows-octokit': `import '@octokit/rest'`,
    'only-zeebe-knows-zeebe-node': `import 'zeebe-node'`,
    'only-git-runs-git': `import 'node:child_process'`,
  }
  const rooms = [
    'git',
    'database',
    'events',
    'feel',
    'dmn',
    'engine',
    'zeebe',
    'github',
    'hub',
    'gateway',
    'console',
    'cli',
  ]
  for (const room of rooms) plant(`src/${room}/planted.ts`, planted[`${room}-imports-down`]!)
  for (const [room, forbidden] of Object.entries(innerRooms))
    plant(`src/${room}/planted.ts`, `import '../${forbidden}/planted.ts'`)
  plant(
    'src/events/plantedMore.ts',
    Object.entries(planted)
      .filter(([name]) => !name.endsWith('-imports-down'))
      .map(([, line]) => line)
      .join('\n'),
  )
  plant('src/events/plantedOther.ts', `import './plantedMore.ts'`)
  plant('scripts/planted.ts', '')
  plant('examples/planted.ts', '')
  const output = run('depcruise', [
    '--config',
    '.dependency-cruiser.cjs',
    '--output-type',
    'json',
    'src',
    'action',
    'examples',
    'scripts',
  ])
  const found = new Set(JSON.parse(output).summary.violations.map((violation: { rule: Rule }) => violation.rule.name))
  const rules: Rule[] = createRequire(import.meta.url)(join(root, '.dependency-cruiser.cjs')).forbidden
  return rules.map((rule) => rule.name).filter((name) => !found.has(name))
}

function missedByKnip(): string[] {
  plant('src/events/plantedUnused.ts', 'export const nobodyAsksForThis = 1')
  return run('knip', ['--reporter', 'json']).includes('plantedUnused.ts') ? [] : ['knip']
}

function missedByBiome(): string[] {
  plant('src/events/plantedLint.ts', 'export const token: any = process.env.TOKEN')
  const output = run('biome', ['lint', '--reporter', 'json', 'src/events/plantedLint.ts'])
  return ['noExplicitAny', 'noProcessEnv'].filter((rule) => !output.includes(rule))
}

function plant(file: string, text: string): void {
  mkdirSync(join(sandbox, dirname(file)), { recursive: true })
  writeFileSync(join(sandbox, file), `${text}\nexport {}\n`)
}

function run(command: string, args: readonly string[]): string {
  const bin = join(root, 'node_modules', '.bin', command)
  const { stdout } = spawnSync(command === 'git' ? 'git' : bin, args, {
    cwd: sandbox,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  })
  return stdout
}
