import { execFile } from 'node:child_process'
import { cp, mkdir, symlink, writeFile } from 'node:fs/promises'
import { delimiter, dirname, join } from 'node:path'
import type { TestContext } from 'node:test'
import { promisify } from 'node:util'
import { newFolder } from '../../src/hub/testing/testHub.ts'
import { project } from './readme.ts'

/** The project in a folder of its own, as it is after `npm ci`: what a command leaves there, it leaves nowhere else. */
export interface Copy {
  readonly folder: string
  /** Gives the file's path. */
  write(path: string, text: string): Promise<string>
}

export async function copyProject(t: TestContext): Promise<Copy> {
  const folder = join(await newFolder(t), 'commitbase')
  const files = ['package.json', 'tsconfig.json', 'tsconfig.package.json', 'README.md', 'LICENSE']
  const parts = [...files, 'bpmn', 'examples', 'scripts', 'src']
  for (const part of parts) await cp(join(project, part), join(folder, part), { recursive: true })
  await symlink(join(project, 'node_modules'), join(folder, 'node_modules'))
  return {
    folder,
    async write(path, text) {
      const file = join(folder, path)
      await mkdir(dirname(file), { recursive: true })
      await writeFile(file, text)
      return file
    },
  }
}

export interface ShellRun {
  readonly status: number
  readonly output: string
  /** What it said on standard error. */
  readonly words: string
}

/** Runs a command as a person types it into a shell. */
export async function run(command: string, cwd: string): Promise<ShellRun> {
  try {
    const { stdout, stderr } = await promisify(execFile)('sh', ['-c', command], { cwd, env: personsEnvironment() })
    return { status: 0, output: stdout, words: stderr }
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string }
    return { status: code, output: stdout, words: stderr }
  }
}

/** A person's shell knows nothing of what npm or the test runner put into theirs. */
export function personsEnvironment(): Record<string, string> {
  const folders = process.env.PATH!.split(delimiter).filter((folder) => !folder.includes('node_modules'))
  return { PATH: folders.join(delimiter), HOME: process.env.HOME ?? '', npm_config_update_notifier: 'false' }
}
