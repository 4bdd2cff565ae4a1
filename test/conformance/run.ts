import { messageOf } from '../../src/errors.ts'
import { readOptions } from '../options.ts'
import { check } from './check.ts'
import { compare } from './compare.ts'
import { openOurs } from './ours.ts'
import { openPeer } from './peer.ts'
import { findPlanted } from './plantedRuns.ts'
import { play, type Seen } from './play.ts'
import { walk } from './random/walk.ts'
import { type Row, writeReport } from './report.ts'
import type { Scenario } from './scenario.ts'
import { scenarios } from './scenarios/table.ts'

const usage = `npm run conformance [-- options]

Plays the scenarios of test/conformance/scenarios on the embedded engine, and holds what clients are answered and what the stream of records
tells against what each asks for; with a peer beside it, against what the peer shows, line by line. Exit status 1: something differs.

  --only <words>   only scenarios whose element or name contains the words
  --random <n>     and walks through so many random processes; each is made of nested blocks and has to live as they say
  --seed <n>       the first one's (default 1)
  --planted        instead breaks one rule of the engine after the other in a copy of the sources, and sees that scenarios find each
  --docs           writes the table of docs/CONFORMANCE.md
  --show           prints what was seen, line by line
  --stop           ends at the first that differs
  --help           this text

A peer is an engine that you started, with a controlled clock:

  --peer <host:port>              its gateway
  --peer-management <url>         its management port (default http://127.0.0.1:9600)
  --peer-records <file>           where it writes its records, a line of JSON each`

const flags = readOptions({
  only: { type: 'string', default: '' },
  random: { type: 'string', default: '0' },
  seed: { type: 'string', default: '1' },
  planted: { type: 'boolean', default: false },
  docs: { type: 'boolean', default: false },
  show: { type: 'boolean', default: false },
  stop: { type: 'boolean', default: false },
  peer: { type: 'string' },
  'peer-management': { type: 'string', default: 'http://127.0.0.1:9600' },
  'peer-records': { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
})

if (flags.help) console.log(usage)
else process.exitCode = (await work()) ? 0 : 1

/** Whether all was as it has to be. */
async function work(): Promise<boolean> {
  if (flags.planted) return findPlanted(flags.only)
  const peer = await peerOf()
  const rows = await playAll(peer)
  const count = Number(flags.random)
  const differing = count > 0 ? await walkAll(count, Number(flags.seed)) : []
  const judge = peer === undefined ? 'what each scenario asks for' : `the peer at ${flags.peer}, record by record`
  if (flags.docs) await writeReport({ rows, judge, ...(count > 0 && { random: { count, differing } }) })
  return differing.length === 0 && rows.every((row) => row.differing.length === 0)
}

type Peer = Awaited<ReturnType<typeof openPeer>>

async function peerOf(): Promise<Peer | undefined> {
  const { peer: gateway, 'peer-management': management, 'peer-records': records } = flags
  if (gateway === undefined) return undefined
  if (records === undefined) throw new Error('a peer needs --peer-records, the file that it writes its records to')
  return openPeer({ gateway, management, records })
}

async function playAll(peer: Peer | undefined): Promise<Row[]> {
  const rows: Row[] = []
  for (const [element, group] of Object.entries(scenarios)) {
    const chosen = Object.entries(group).filter(([name]) => `${element}: ${name}`.includes(flags.only))
    const differing: string[] = []
    for (const [name, scenario] of chosen) {
      if (!(await isAsItHasToBe(`${element}: ${name}`, scenario, peer))) differing.push(name)
      if (flags.stop && differing.length > 0) return [...rows, { element, played: chosen.length, differing }]
    }
    if (chosen.length > 0) rows.push({ element, played: chosen.length, differing })
  }
  const played = rows.reduce((sum, row) => sum + row.played, 0)
  const wrong = rows.reduce((sum, row) => sum + row.differing.length, 0)
  console.log(`${played} scenarios played, ${played - wrong} as they have to be, ${wrong} differ`)
  return rows
}

async function isAsItHasToBe(title: string, scenario: Scenario, peer: Peer | undefined): Promise<boolean> {
  const findings = await playOne(title, scenario, peer)
  if (findings.length > 0 || flags.show) console.log(`${findings.length > 0 ? 'differs' : 'equal  '}  ${title}`)
  for (const finding of findings) console.log(`    ${finding.replaceAll('\n', '\n    ')}`)
  return findings.length === 0
}

async function playOne(title: string, scenario: Scenario, peer: Peer | undefined): Promise<string[]> {
  const target = await openOurs(peer?.now())
  try {
    const seen = await play(target, scenario)
    if (flags.show) show(title, seen)
    if (peer === undefined) return check(scenario, seen)
    return compare(await play(peer, scenario), seen)
  } catch (error) {
    return [`it could not be played to its end: ${messageOf(error)}`]
  } finally {
    await target.close()
  }
}

function show(title: string, { records, answers }: Seen): void {
  console.log(`\n=== ${title}`)
  for (const line of answers) console.log(`  < ${line}`)
  for (const line of records) console.log(`    ${line}`)
}

/** The seeds of those that differ. */
async function walkAll(count: number, first: number): Promise<number[]> {
  const differing: number[] = []
  for (let seed = first; seed < first + count; seed += 1) {
    const finding = await walk(seed)
    if (finding === undefined) continue
    differing.push(seed)
    console.log(
      `differs  seed ${seed}: ${finding.tree}\n    ${finding.what.join('\n    ')}\n${flags.show ? finding.model : ''}`,
    )
    if (flags.stop) break
  }
  console.log(`${count} random processes from seed ${first} on, ${differing.length} did not live as their blocks say`)
  return differing
}
