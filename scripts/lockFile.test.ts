import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'

interface Locked {
  readonly dependencies?: Record<string, string>
  readonly optionalDependencies?: Record<string, string>
}

test('the lock file has every package that one in it names, for every platform: npm ci refuses it otherwise', async () => {
  const text = await readFile(new URL('../package-lock.json', import.meta.url), 'utf8')
  const packages: Record<string, Locked> = JSON.parse(text).packages
  const missing = Object.entries(packages).flatMap(([path, { dependencies, optionalDependencies }]) =>
    Object.keys({ ...dependencies, ...optionalDependencies })
      .filter((name) => !isLocked(packages, path, name))
      .map((name) => `${name}, of ${path}`),
  )
  assert.deepEqual(missing, [])
})

/** As Node finds a package: in the folder of the one that needs it, or in one above. */
function isLocked(packages: Record<string, Locked>, path: string, name: string): boolean {
  for (let folder = path; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('node_modules/') - 1))) {
    if (`${folder}${folder && '/'}node_modules/${name}` in packages) return true
    if (folder === '') return false
  }
}
