import { execFileSync } from 'node:child_process'

/** A Node.js that may be on this machine, and too old. */
export const olderNode = '/usr/bin/node'

/** Why it cannot be tried with; false where it can. */
export const whyNoOlderNode: string | false = reason()

function reason(): string | false {
  const version = versionOf(olderNode)
  if (version === undefined) return `no ${olderNode}`
  return version >= 24 && `${olderNode} is ${version}`
}

function versionOf(node: string): number | undefined {
  try {
    return Number(/^v(\d+)/.exec(execFileSync(node, ['--version'], { encoding: 'utf8' }))?.[1])
  } catch {
    return undefined
  }
}
