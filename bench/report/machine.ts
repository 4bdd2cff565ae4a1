import { execFile } from 'node:child_process'
import { statfs } from 'node:fs/promises'
import { cpus, release, tmpdir, totalmem, type } from 'node:os'
import { promisify } from 'node:util'

/** Where a run was made. */
export interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly memory: string
  /** The file system that the repositories were on, and its free space. */
  readonly disk: string
  readonly system: string
  readonly node: string
  readonly git: string
}

export async function describeMachine(): Promise<Machine> {
  const processors = cpus()
  return {
    cpu: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    disk: await describeDisk(),
    system: `${type()} ${release()}`,
    node: process.version,
    git: await output('git', '--version'),
  }
}

async function describeDisk(): Promise<string> {
  const { bavail, bsize } = await statfs(tmpdir())
  const free = `${Math.round((bavail * bsize) / 2 ** 30)} GiB free`
  // Where there is no such df (it is POSIX but for --output), the space says enough.
  const kind = await output('df', '--output=fstype,source', tmpdir()).catch(() => '')
  return [kind.split('\n').at(-1)?.replace(/\s+/g, ' '), free].filter(Boolean).join(', ')
}

async function output(command: string, ...args: string[]): Promise<string> {
  return (await promisify(execFile)(command, args)).stdout.trim()
}
