import { spawn } from 'node:child_process'
import { access, mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

export const version = '0.4.8'

/**
 * The module git-documentdb, in a folder of its own: `nodegit`, which its remotes need and we do not use, does not build on
 * Node.js 24, so it is installed without install scripts and cannot be a dependency. Throws where it cannot be installed, or
 * where `mayInstall` is false and it is not there.
 */
export async function installGitDocumentDb(mayInstall: boolean): Promise<string> {
  const module = join(folder, 'node_modules', 'git-documentdb', 'dist', 'main.js')
  const isThere = await access(module).then(
    () => true,
    () => false,
  )
  if (isThere) return module
  if (!mayInstall) throw new Error('git-documentdb is not installed yet; a run without --quick installs it')
  const fresh = `${folder}-${process.pid}`
  await mkdir(fresh, { recursive: true })
  await writeFile(join(fresh, 'package.json'), '{ "private": true }\n')
  await npmInstall(fresh)
  await rename(fresh, folder)
  return module
}

const folder = join(import.meta.dirname, '..', '..', '.commitbase', `git-documentdb-${version}`)

async function npmInstall(prefix: string): Promise<void> {
  const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  const child = spawn('npm', ['install', '--prefix', prefix, ...options, `git-documentdb@${version}`], {
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: 120_000,
  })
  let words = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (words = (words + text).slice(-2_000)))
  const status = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve))
  if (status !== 0) throw new Error(`git-documentdb@${version} cannot be installed: ${words.trim()}`)
}
