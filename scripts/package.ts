/**
 * Makes the folder that `npm run package` packs, dist: JavaScript of what the package's names and its command lead to, in the folders where
 * the sources have it. tsconfig.package.json lists where that begins.
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

const root = join(import.meta.dirname, '..')
const folder = join(root, 'dist')

await rm(folder, { recursive: true, force: true })
compile()
const modules = await compiled()
for (const [path, text] of modules) await bringBeside(path, text)
await writeManifest([...modules.values()].join('\n'))
for (const name of ['README.md', 'LICENSE']) await cp(join(root, name), join(folder, name))

/** The compiler says what is wrong. */
function compile(): void {
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  const project = join(root, 'tsconfig.package.json')
  const { status } = spawnSync(process.execPath, [tsc, '--project', project], { stdio: 'inherit' })
  if (status !== 0) process.exit(1)
}

/** The text of each compiled module by its path in the folder. */
async function compiled(): Promise<Map<string, string>> {
  const paths = (await readdir(folder, { recursive: true })).filter((path) => path.endsWith('.js'))
  return new Map(
    await Promise.all(paths.map(async (path) => [path, await readFile(join(folder, path), 'utf8')] as const)),
  )
}

/** What a module reads or starts beside itself comes along: TypeScript's compiler renames what is imported, but no URL. */
async function bringBeside(path: string, text: string): Promise<void> {
  const renamed = text.replaceAll(/new URL\('([^']+)\.ts', import\.meta\.url\)/g, "new URL('$1.js', import.meta.url)")
  if (renamed !== text) await writeFile(join(folder, path), renamed)
  for (const [, name] of renamed.matchAll(/new URL\('([^']+)', import\.meta\.url\)/g)) {
    const beside = join(dirname(path), name!)
    if (existsSync(join(folder, beside))) continue
    if (beside.endsWith('.js')) throw new Error(`${path} starts ${name}: list its source in tsconfig.package.json`)
    await cp(join(root, beside), join(folder, beside))
  }
}

/** Its dependencies are those that a module names: others are the Action's alone. */
async function writeManifest(modules: string): Promise<void> {
  const { exports, dependencies, scripts, optionalDependencies, devDependencies, overrides, ...manifest } = JSON.parse(
    await readFile(join(root, 'package.json'), 'utf8'),
  )
  const isNamed = (name: string) => modules.includes(`'${name}'`) || modules.includes(`'${name}/`)
  const published = {
    ...manifest,
    engines: { node: '>=24' },
    exports: JSON.parse(JSON.stringify(exports).replaceAll('.ts"', '.js"')),
    dependencies: Object.fromEntries(Object.entries(dependencies).filter(([name]) => isNamed(name))),
  }
  await writeFile(join(folder, 'package.json'), `${JSON.stringify(published, null, 2)}\n`)
}
