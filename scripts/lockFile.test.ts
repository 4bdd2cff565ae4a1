import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'

interface Locked {
  readonly link?: boolean
  readonly resolved?: string
  readonly integrity?: string
  readonly hasInstallScript?: boolean
  readonly dependencies?: Record<string, string>
  readonly optionalDependencies?: Record<string, string>
}

test('the lock file has every package that one in it names, for every platform: npm ci refuses it otherwise', async () => {
  const packages = await readPackages()
  const missing = Object.entries(packages).flatMap(([path, { dependencies, optionalDependencies }]) =>
    Object.keys({ ...dependencies, ...optionalDependencies })
      .filter((name) => !isLocked(packages, path, name))
      .map((name) => `${name}, of ${path}`),
  )
  assert.deepEqual(missing, [])
})

test('every package comes from the registry, and has the digest that the lock file says', async () => {
  const packages = Object.entries(await readPackages()).filter(([path, { link }]) => path !== '' && !link)
  assert.ok(packages.length > 100)
  for (const [path, { resolved, integrity }] of packages) {
    // Where nothing is said, npm takes the registry's.
    assert.match(resolved ?? 'https://registry.npmjs.org/', /^https:\/\/registry\.npmjs\.org\//, path)
    assert.match(integrity ?? '', /^sha512-[A-Za-z0-9+/]{86}==$/, path)
  }
})

test('npm runs no install script, and which packages would have one is known', async () => {
  assert.match(await readFile(new URL('../.npmrc', import.meta.url), 'utf8'), /^ignore-scripts=true$/m)
  const scripts = Object.entries(await readPackages()).filter(([, { hasInstallScript }]) => hasInstallScript)
  // Each does without: esbuild's makes its start faster, protobufjs' warns of version numbers.
  assert.deepEqual(scripts.map(([path]) => path).sort(), ['node_modules/esbuild', 'node_modules/protobufjs'])
})

async function readPackages(): Promise<Record<string, Locked>> {
  return JSON.parse(await readFile(new URL('../package-lock.json', import.meta.url), 'utf8')).packages
}

/** As Node finds a package: in the folder of the one that needs it, or in one above. */
function isLocked(packages: Record<string, Locked>, path: string, name: string): boolean {
  for (let folder = path; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('node_modules/') - 1))) {
    if (`${folder}${folder && '/'}node_modules/${name}` in packages) return true
    if (folder === '') return false
  }
}
