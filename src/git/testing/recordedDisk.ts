import { link, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { type CreateOptions, type Files, nodeFiles, type WritableFile } from '../disk/files.ts'

/**
 * A folder of which all is known that `files` does to it: what it was before, each step, and which steps a sync made last.
 * POSIX promises no more than that (fsync, open, rename of POSIX.1-2017): a sync of a file makes its bytes last, a sync of a folder
 * the names in it; anything else may be on the disk or not, whatever came before or after it.
 */
export interface RecordedDisk {
  readonly files: Files
  /** How many steps there are so far. */
  readonly position: number
  /** Writes the folder anew as a power cut after so many steps may leave it. `random` decides on what was not synced. */
  rebuild(position: number, target: string, random: () => number): Promise<void>
  /** The paths in the folder after so many steps, as another process sees them while nothing is cut. */
  namesAfter(position: number): Set<string>
}

/** Begins with what is in the folder now, which lasts. Who changes the folder without `files` is not seen. */
export async function recordDisk(folder: string): Promise<RecordedDisk> {
  const recorder = new Recorder(folder)
  await recorder.look()
  return recorder
}

/** What was done to a file's bytes: a write, or a cut to nothing. */
type Change = Write | { readonly kind: 'cut' }

interface Write {
  readonly kind: 'write'
  readonly position: number
  readonly bytes: Buffer
  readonly isInPlace: boolean
}

/** The same file whatever it is called. */
interface File {
  readonly before: Buffer
  readonly mode: number
}

type Step =
  | { readonly kind: 'change'; readonly file: File; readonly change: Change }
  | { readonly kind: 'folder'; readonly path: string }
  | { readonly kind: 'name'; readonly path: string; readonly file: File }
  | { readonly kind: 'rename'; readonly path: string; readonly to: string; readonly file: File }
  | { readonly kind: 'remove'; readonly path: string }
  | { readonly kind: 'sync'; readonly lasting: readonly number[] }

class Recorder implements RecordedDisk {
  readonly files: Files
  readonly #root: string
  readonly #folders = new Set<string>()
  readonly #names = new Map<string, File>()
  readonly #before = { folders: new Set<string>(), names: new Map<string, File>() }
  readonly #steps: Step[] = []
  /** Steps that are done: a sync makes those last that were done when it began. */
  readonly #done = new Set<number>()

  constructor(root: string) {
    this.#root = root
    this.files = {
      create: (path, options) => this.#create(path, options),
      rename: (from, to) => this.#rename(from, to),
      link: (from, to) => this.#link(from, to),
      remove: (path) => this.#remove(path),
      makeFolder: (path) => this.#makeFolder(path),
      syncFolder: (path) => this.#sync(this.#isIn(path), () => nodeFiles.syncFolder(path)),
      syncFile: (path) => this.#sync(this.#isOf(path), () => nodeFiles.syncFile(path)),
    }
  }

  get position(): number {
    return this.#steps.length
  }

  async look(): Promise<void> {
    for (const path of await readdir(this.#root, { recursive: true })) {
      const found = await stat(join(this.#root, path))
      if (found.isDirectory()) this.#folders.add(path)
      else this.#names.set(path, { before: await readFile(join(this.#root, path)), mode: found.mode & 0o777 })
    }
    for (const path of this.#folders) this.#before.folders.add(path)
    for (const [path, file] of this.#names) this.#before.names.set(path, file)
  }

  async rebuild(position: number, target: string, random: () => number): Promise<void> {
    // Now and then nothing of what was not synced is there, now and then all of it.
    const share = [0, 1, 0.5, random()][Math.floor(random() * 4)]!
    const { folders, names, bytesOf } = this.#leftAfter(position, share, random)
    for (const folder of [...folders].sort()) {
      // Without its own name, what is below a folder is lost.
      if (dirname(folder) === '.' || folders.has(dirname(folder))) await mkdir(join(target, folder))
      else folders.delete(folder)
    }
    const written = new Map<File, string>()
    for (const [path, file] of names) {
      if (dirname(path) !== '.' && !folders.has(dirname(path))) continue
      const first = written.get(file)
      if (first !== undefined) await link(join(target, first), join(target, path))
      else await writeFile(join(target, path), bytesOf(file), { mode: file.mode | 0o200 })
      written.set(file, first ?? path)
    }
  }

  namesAfter(position: number): Set<string> {
    return new Set(this.#leftAfter(position, 1, Math.random).names.keys())
  }

  /** `share`: how much of what was not synced is left. */
  #leftAfter(position: number, share: number, random: () => number) {
    const steps = this.#steps.slice(0, position)
    const lasting = new Set(steps.flatMap((step) => (step.kind === 'sync' ? step.lasting : [])))
    const isLeft = (place: number) => lasting.has(place) || random() < share
    const folders = new Set(this.#before.folders)
    const names = new Map(this.#before.names)
    const changes = new Map<File, Change[]>()
    for (const [place, step] of steps.entries()) {
      if (step.kind === 'change') {
        const left = isLeft(place) ? [step.change] : torn(step.change, random)
        changes.set(step.file, [...(changes.get(step.file) ?? []), ...left])
      } else if (step.kind !== 'sync' && isLeft(place)) applyName(step, folders, names)
    }
    const bytesOf = (file: File) => bytesAfter(file.before, changes.get(file) ?? [])
    return { folders, names, bytesOf }
  }

  async #create(path: string, options?: CreateOptions): Promise<WritableFile> {
    const real = await nodeFiles.create(path, options)
    const name = relative(this.#root, path)
    const there = this.#names.get(name)
    const isInPlace = options?.inPlace ?? false
    const file = there ?? { before: Buffer.alloc(0), mode: options?.mode ?? 0o666 }
    this.#names.set(name, file)
    if (!there) this.#note({ kind: 'name', path: name, file })
    else if (!isInPlace) this.#note({ kind: 'change', file, change: { kind: 'cut' } })
    return {
      write: async (buffers, position) => {
        const bytes = Buffer.concat(buffers)
        const place = this.#begin({ kind: 'change', file, change: { kind: 'write', position, bytes, isInPlace } })
        await real.write(buffers, position)
        this.#done.add(place)
      },
      sync: () =>
        this.#sync(
          (step) => step.kind === 'change' && step.file === file,
          () => real.sync(),
        ),
      close: () => real.close(),
    }
  }

  async #rename(from: string, to: string): Promise<void> {
    const [path, target] = [relative(this.#root, from), relative(this.#root, to)]
    const file = this.#names.get(path)
    if (!file) return await nodeFiles.rename(from, to)
    const place = this.#begin({ kind: 'rename', path, to: target, file })
    await nodeFiles.rename(from, to)
    this.#done.add(place)
    this.#names.delete(path)
    this.#names.set(target, file)
  }

  async #link(from: string, to: string): Promise<void> {
    await nodeFiles.link(from, to)
    const path = relative(this.#root, to)
    const file = this.#names.get(relative(this.#root, from))!
    this.#names.set(path, file)
    this.#note({ kind: 'name', path, file })
  }

  async #remove(path: string): Promise<void> {
    const name = relative(this.#root, path)
    if (!this.#names.has(name)) return await nodeFiles.remove(path)
    const place = this.#begin({ kind: 'remove', path: name })
    await nodeFiles.remove(path)
    this.#done.add(place)
    this.#names.delete(name)
  }

  async #makeFolder(path: string): Promise<void> {
    await nodeFiles.makeFolder(path)
    const parts = relative(this.#root, path).split('/')
    for (const [index] of parts.entries()) {
      const folder = parts.slice(0, index + 1).join('/')
      if (folder === '' || this.#folders.has(folder)) continue
      this.#folders.add(folder)
      this.#note({ kind: 'folder', path: folder })
    }
  }

  #isIn(path: string): (step: Step) => boolean {
    const folder = relative(this.#root, path) || '.'
    return (step) => step.kind !== 'change' && step.kind !== 'sync' && dirname(step.path) === folder
  }

  #isOf(path: string): (step: Step) => boolean {
    const file = this.#names.get(relative(this.#root, path))
    return (step) => step.kind === 'change' && step.file === file
  }

  async #sync(isMeant: (step: Step) => boolean, sync: () => Promise<void>): Promise<void> {
    const lasting = [...this.#done].filter((place) => isMeant(this.#steps[place]!))
    await sync()
    this.#note({ kind: 'sync', lasting })
  }

  #begin(step: Step): number {
    return this.#steps.push(step) - 1
  }

  #note(step: Step): void {
    this.#done.add(this.#begin(step))
  }
}

function applyName(
  step: Exclude<Step, { kind: 'change' | 'sync' }>,
  folders: Set<string>,
  names: Map<string, File>,
): void {
  if (step.kind === 'folder') folders.add(step.path)
  else if (step.kind === 'name') names.set(step.path, step.file)
  else if (step.kind === 'remove') names.delete(step.path)
  else {
    if (names.get(step.path) === step.file) names.delete(step.path)
    names.set(step.to, step.file)
  }
}

/**
 * Nothing, the first bytes, or the first bytes and zeros where the rest would be: a file may be longer before its blocks are written.
 * In place of older bytes any of its blocks may be there, and those between the others.
 */
function torn(change: Change, random: () => number): Change[] {
  if (change.kind === 'write' && change.isInPlace) return blocksOf(change).filter(() => random() < 1 / 2)
  const luck = random()
  if (luck < 1 / 3 || change.kind === 'cut') return []
  const length = Math.floor(random() * change.bytes.length)
  const rest = luck < 2 / 3 ? 0 : change.bytes.length - length
  return [{ ...change, bytes: Buffer.concat([change.bytes.subarray(0, length), Buffer.alloc(rest)]) }]
}

function blocksOf(write: Write): Write[] {
  const { position, bytes } = write
  const end = position + bytes.length
  const first = Math.floor(position / block)
  return Array.from({ length: Math.ceil(end / block) - first }, (_, place) => {
    const from = Math.max(position, (first + place) * block)
    return { ...write, position: from, bytes: bytes.subarray(from - position, (first + place + 1) * block - position) }
  })
}

/** Bytes that a disk writes at once. */
const block = 512

function bytesAfter(before: Buffer, changes: readonly Change[]): Buffer {
  const cut = changes.findLastIndex(({ kind }) => kind === 'cut')
  const writes = changes.slice(cut + 1).filter((change) => change.kind === 'write')
  const left = cut < 0 ? before : Buffer.alloc(0)
  const length = writes.reduce((most, { position, bytes }) => Math.max(most, position + bytes.length), left.length)
  const after = Buffer.alloc(length)
  left.copy(after)
  for (const { position, bytes } of writes) bytes.copy(after, position)
  return after
}
