import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Oid } from '../objects/object.ts'

/**
 * Reads refs as git keeps them in files (gitrepository-layout): each in one of its own, else all in `packed-refs`. Whoever packs
 * refs writes the second before it takes away the first, so they are looked at in that order. Nothing (`undefined`) where only
 * git can tell: a symbolic ref, another format.
 */
export async function readRefFiles(folder: string, names: readonly string[]): Promise<Map<string, Oid> | undefined> {
  const loose = await Promise.all(names.map(async (name) => [name, await readText(join(folder, name))] as const))
  if (loose.some(([, text]) => text !== undefined && !isOid(text.trim()))) return undefined
  const missing = loose.filter(([, text]) => text === undefined).map(([name]) => name)
  const packed = missing.length > 0 ? await readPacked(folder) : new Map<string, Oid>()
  const values = names.map((name, index) => [name, loose[index]![1]?.trim() ?? packed.get(name)] as const)
  return new Map(values.filter((entry): entry is [string, Oid] => entry[1] !== undefined))
}

/** Lines `<oid> <ref>`; those that begin with `#` or `^` are about the file, or about the line before. */
async function readPacked(folder: string): Promise<Map<string, Oid>> {
  const lines = ((await readText(join(folder, 'packed-refs'))) ?? '').split('\n')
  const entries = lines
    .filter((line) => isOid(line.slice(0, 40)))
    .map((line): [string, Oid] => [line.slice(41), line.slice(0, 40)])
  return new Map(entries)
}

async function readText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'EISDIR' || code === 'ENOTDIR') return undefined
    throw error
  }
}

function isOid(text: string): boolean {
  return /^[0-9a-f]{40}$/.test(text)
}
