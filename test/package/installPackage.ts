import assert from 'node:assert/strict'
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { TestContext } from 'node:test'
import { copyProject, run } from '../readme/copyProject.ts'
import { project } from '../readme/readme.ts'

/** A project of somebody's own that the package is installed in. */
export interface Installed {
  readonly folder: string
  /** The package's command, for the Node.js that runs this test. */
  readonly commitbase: readonly [string, string]
  /** Files of the package, by their path. */
  readonly files: readonly string[]
  readonly manifest: Manifest
  write(path: string, text: string): Promise<void>
}

interface Manifest {
  readonly version: string
  readonly bin: Readonly<Record<string, string>>
  readonly dependencies: Readonly<Record<string, string>>
}

/** Packs the package as a person does, and unpacks it as npm would, but for its dependencies, which are those that are here already: it needs no network. */
export async function installPackage(t: TestContext): Promise<Installed> {
  const { folder: clone } = await copyProject(t)
  const packed = await run('npm run package', clone)
  assert.equal(packed.status, 0, packed.output + packed.words)

  const folder = join(dirname(clone), 'own')
  const place = join(folder, 'node_modules', 'commitbase')
  await mkdir(place, { recursive: true })
  const unpacked = await run(`tar -xzf ${clone}/commitbase-*.tgz --strip-components=1`, place)
  assert.equal(unpacked.status, 0, unpacked.words)
  const manifest: Manifest = JSON.parse(await readFile(join(place, 'package.json'), 'utf8'))
  const listed = await run('find . -type f', place)

  for (const name of [...Object.keys(manifest.dependencies), '@types/node']) await link(name, folder)
  const bin = join(folder, 'node_modules', '.bin')
  await mkdir(bin)
  await symlink(`../commitbase/${manifest.bin.commitbase}`, join(bin, 'commitbase'))
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
  return {
    folder,
    commitbase: [process.execPath, join(bin, 'commitbase')],
    files: listed.output.split('\n').filter(Boolean),
    manifest,
    write: (path, text) => writeFile(join(folder, path), text),
  }
}

/** Only what the package asks for: what it forgot to ask for is not found. */
async function link(name: string, folder: string): Promise<void> {
  const path = join('node_modules', name)
  await mkdir(dirname(join(folder, path)), { recursive: true })
  await symlink(join(project, path), join(folder, path))
}
