import { readFile } from 'node:fs/promises'

/**
 * Tells a process from a later one with the same number: the machine's boot and the process's start, in ticks since then
 * (Linux, proc(5): field 22 of `stat`). Nothing where it is gone or only waits to be reaped; `unknown` on a system without `/proc`.
 */
export async function identityOf(pid: number): Promise<string | undefined> {
  try {
    const [boot, stat] = await Promise.all([
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
      readFile(`/proc/${pid}/stat`, 'utf8'),
    ])
    // The second field is a file's name in brackets, which may hold anything.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' ? undefined : `${boot.trim()}/${fields[19]}`
  } catch {
    return process.platform === 'linux' || !exists(pid) ? undefined : 'unknown'
  }
}

function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
