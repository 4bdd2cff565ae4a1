import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const page = join(import.meta.dirname, '../../docs/RELIABILITY.md')

/** Puts the lines between `<!-- name -->` and `<!-- /name -->` of the page, in place of those of the run before. Throws where it has no such part. */
export async function replacePart(name: string, lines: readonly string[]): Promise<void> {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`]
  const text = await readFile(page, 'utf8')
  const [from, to] = [text.indexOf(begin), text.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`${page} has no part between ${begin} and ${end}`)
  await writeFile(page, `${text.slice(0, from)}${begin}\n${lines.join('\n')}\n${text.slice(to)}`)
}
