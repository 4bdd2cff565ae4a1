import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

export const project = join(import.meta.dirname, '..', '..')

const text = await readFile(join(project, 'README.md'), 'utf8')

/** The contents of the README's code blocks in a language. */
export function blocks(language: string): string[] {
  return [...text.matchAll(/^( *)```(\w+)\n([\s\S]*?)^\1```$/gm)]
    .filter(([, , named]) => named === language)
    .map(([, , , content]) => content!)
}

/** Every command: the lines of its shell blocks, and what its sentences call by name. */
export function commands(): string[] {
  const lines = blocks('sh').flatMap((block) => block.trim().split('\n'))
  const prose = text.replaceAll(/^( *)```[\s\S]*?^\1```$/gm, '')
  const named = [...prose.matchAll(/`((?:[A-Za-z_]+=\S+ )?(?:npm|npx|git|curl|node) [^`]+)`/g)].map(
    ([, command]) => command!,
  )
  return [...new Set([...lines, ...named])]
}

/** The files and folders that its links lead to. */
export function links(): string[] {
  return [...text.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, path]) => path!)
}
