import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** A token as it is, as the credentials of git and of HTTP's Basic, in a URL, and in base64 wherever it may begin. */
export function formsOf(token: string): string[] {
  const encoded = ['', 'a', 'ab'].map((before) => Buffer.from(before + token).toString('base64'))
  return [
    token,
    encodeURIComponent(token),
    Buffer.from(`x-access-token:${token}`).toString('base64'),
    Buffer.from(token).toString('hex'),
    // The first and the last characters of base64 hold what stands beside the token, too.
    ...encoded.map((text) => text.slice(4, -4)),
  ]
}

/** Which of the forms stands in the bytes; nothing where none does. */
export function secretIn(bytes: Buffer | string, forms: readonly string[]): string | undefined {
  return forms.find((form) => bytes.includes(form))
}

/** What all processes of this machine say of themselves in the process list, now. */
export async function processList(): Promise<string> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')))
  return lines.join('\n').replaceAll('\0', ' ')
}

/** Every file below a folder, with its bytes. */
export async function* filesBelow(folder: string): AsyncGenerator<{ path: string; bytes: Buffer }> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield* filesBelow(path)
    else if (entry.isFile()) yield { path, bytes: await readFile(path) }
  }
}
