/**
 * The `pre-receive` hook of the hub's repository, a process that git starts: lines `<old> <new> <ref>` on standard input
 * (githooks), what is wrong on standard error, which the person who pushes sees as `remote: …`.
 */
import { text } from 'node:stream/consumers'
import { messageOf } from '../../errors.ts'
import { openQuarantine } from '../../git/local/quarantine.ts'
import type { Oid } from '../../git/objects/object.ts'
import type { PushedRef } from '../happening.ts'
import { printable } from '../printable.ts'
import { judgePush } from './judgePush.ts'

const mostShown = 50

try {
  const problems = await judge(await text(process.stdin))
  if (problems.length > 0) refuse(problems)
} catch (error) {
  refuse([`the push could not be checked: ${messageOf(error)}`])
}

async function judge(lines: string): Promise<string[]> {
  const { COMMITBASE_BRANCH: branch, COMMITBASE_BASEDIR: basedir } = process.env
  if (!branch || !basedir) throw new Error('this hook runs in a hub only')
  const objects = openQuarantine(process.env)
  try {
    return await judgePush(lines.split('\n').filter(Boolean).map(parseUpdate), { branch, basedir }, objects)
  } finally {
    await objects.close()
  }
}

function parseUpdate(line: string): PushedRef {
  return { from: oidIn(line.slice(0, 40)), to: oidIn(line.slice(41, 81)), ref: line.slice(82) }
}

/** Forty zeros stand for nothing. */
function oidIn(digits: string): Oid | null {
  return /^0+$/.test(digits) ? null : digits
}

function refuse(problems: readonly string[]): void {
  const more = problems.length - mostShown
  const lines = [...problems.slice(0, mostShown), ...(more > 0 ? [`and ${more} more`] : [])]
  process.stderr.write(`${lines.map((line) => printable(line, { lines: true })).join('\n')}\n`)
  process.exitCode = 1
}
