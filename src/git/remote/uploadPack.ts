import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { Socket } from 'node:net'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { collectWords, endGroup, type GitOptions, startGit, whenEnded } from '../commands/git.ts'
import type { GitObject, Oid } from '../objects/object.ts'
import { readPack } from '../packs/readPack.ts'
import { Turns } from '../turns.ts'
import { encodePacket, type Packet, readPackets, textOf } from './pktLine.ts'

/** The refs of a server, and the one that its HEAD names, where it says so. */
export interface Listing {
  readonly head?: string
  readonly refs: ReadonlyMap<string, Oid>
}

/**
 * A conversation with a server's `git upload-pack` (gitprotocol-v2): a question is one round trip and starts no process of ours.
 * `git fetch` starts five, and asks each time again what the server can do. What git or the server say when it fails is thrown as an
 * `Error`.
 */
export class UploadPack {
  /** A process at the other end answers each question anew; else one that lives on, which sees no ref that comes after its first look. */
  readonly isStateless: boolean
  readonly #child: ChildProcessWithoutNullStreams
  readonly #words: () => string
  readonly #gone: Promise<unknown>
  readonly #packets: AsyncGenerator<Packet>
  readonly #capabilities = new Map<string, string>()
  readonly #questions = new Turns()
  #isOver = false

  private constructor({ child, isStateless }: Connected) {
    this.isStateless = isStateless
    this.#child = child
    this.#words = collectWords(child)
    this.#gone = whenEnded(child).finally(() => {
      this.#isOver = true
    })
    this.#gone.catch(() => {})
    this.#packets = readPackets(child.stdout)
    this.#keepProcess(false)
  }

  /**
   * Connects, for git's settings from a repository's folder. Nothing where the way to the server, or the server, knows no such
   * conversation.
   */
  static async open(url: string, folder: string, options: GitOptions): Promise<UploadPack | undefined> {
    const connected = connect(url, folder, options)
    if (!connected) return undefined
    const conversation = new UploadPack(connected)
    if (await conversation.#begin()) return conversation
    conversation.#abandon()
    return undefined
  }

  get isOver(): boolean {
    return this.#isOver
  }

  /** Whether it leaves out what lies below an object that was asked for. */
  get filters(): boolean {
    return this.#can('fetch', 'filter')
  }

  /** The refs whose names begin so. */
  async refs(prefixes: readonly string[]): Promise<Listing> {
    const unborn = this.#can('ls-refs', 'unborn') ? ['unborn'] : []
    const asked = ['HEAD', ...prefixes].map((prefix) => `ref-prefix ${prefix}`)
    const lines = await this.#ask('ls-refs', ['symrefs', ...unborn, ...asked])
    return readListing(lines.map(textOf))
  }

  /** The objects alone: a commit without its folder and its parents, a folder without what is in it. Some may be left out where one contains another. */
  async fetch(oids: readonly Oid[]): Promise<GitObject[]> {
    const wants = oids.map((oid) => `want ${oid}`)
    const answer = await this.#ask('fetch', ['no-progress', 'deepen 1', 'filter tree:0', ...wants, 'done'])
    const start = answer.findIndex((packet) => textOf(packet) === 'packfile')
    // The first byte of each packet is its band; 1 is the pack.
    const pieces = answer.slice(start + 1).filter((packet) => packet[0] === 1)
    return readPack(Buffer.concat(pieces.map((packet) => packet.subarray(1))))
  }

  /** Ends it once what was asked is answered. */
  async close(): Promise<void> {
    await this.#questions.take(async () => {})
    this.#keepProcess(true)
    this.#child.stdin.end()
    this.#child.stdout.destroy()
    await this.#gone.catch(() => {})
  }

  /** Whether this process lives on for the conversation's sake alone: not while nobody waits for an answer; each question has a timer. */
  #keepProcess(isKept: boolean): void {
    const { stdin, stdout, stderr } = this.#child
    const handles = [this.#child, ...[stdin, stdout, stderr].filter((stream) => stream instanceof Socket)]
    for (const handle of handles) isKept ? handle.ref() : handle.unref()
  }

  #abandon(): void {
    this.#isOver = true
    this.#child.stdout.destroy()
    endGroup(this.#child, 'SIGKILL')
  }

  /** Whether both ends speak the same protocol. */
  async #begin(): Promise<boolean> {
    return await this.#timed(async () => {
      if (this.isStateless) {
        this.#child.stdin.write('stateless-connect git-upload-pack\n')
        const accepted = await readLine(this.#child.stdout)
        if (accepted !== '') return accepted === undefined ? this.#fail() : false
      }
      const greeting = await this.#until('flush')
      if (greeting.at(-1) !== 'flush') return await this.#fail()
      const [version, ...capabilities] = greeting.filter(isData).map(textOf)
      for (const capability of capabilities) {
        const [name, values = ''] = capability.split('=', 2)
        this.#capabilities.set(name!, values)
      }
      return version === 'version 2'
    })
  }

  #can(name: string, value: string): boolean {
    return this.#capabilities.get(name)?.split(' ').includes(value) ?? false
  }

  /** One question after the other. */
  #ask(command: string, args: readonly string[]): Promise<Buffer[]> {
    const format = this.#capabilities.has('object-format') ? [encodePacket('object-format=sha1')] : []
    const question = [encodePacket(`command=${command}`), ...format, '0001', ...args.map(encodePacket), '0000']
    return this.#questions.take(() => this.#timed(() => this.#exchange(question.join('')))).then(throwRefusal)
  }

  async #exchange(question: string): Promise<Buffer[]> {
    this.#child.stdin.write(question)
    const packets = await this.#until(this.isStateless ? 'end' : 'flush')
    // Git's helper puts an end behind whatever came, and a server that refuses goes without a flush.
    const last = packets.at(-1)
    return last === 'flush' || (last && isRefusal(last)) ? packets.filter(isData) : this.#fail()
  }

  /** The packets up to that one; a `flush` is the last of them. */
  async #until(last: Packet): Promise<Packet[]> {
    const packets: Packet[] = []
    for (;;) {
      const { value, done } = await this.#packets.next()
      if (done || value === 'end') return packets
      packets.push(value)
      if (value === last) return packets
    }
  }

  async #fail(): Promise<never> {
    this.#child.stdin.end()
    await this.#gone
    throw new Error(this.#words() || 'the server hung up')
  }

  /** What goes wrong ends the conversation: nobody knows what the next bytes would be. */
  async #timed<T>(action: () => Promise<T>): Promise<T> {
    let isLate = false
    const timer = setTimeout(() => {
      isLate = true
      endGroup(this.#child, 'SIGKILL')
    }, longest)
    try {
      return await action()
    } catch (error) {
      this.#abandon()
      throw isLate ? new Error(`timed out: no answer within ${longest / 1000} s`, { cause: error }) : error
    } finally {
      clearTimeout(timer)
    }
  }
}

function isData(packet: Packet): packet is Buffer {
  return typeof packet !== 'string'
}

/** What a server says that gives up: `ERR` (gitprotocol-common), or the band of its errors (gitprotocol-v2, "packfile"). */
function isRefusal(packet: Packet): boolean {
  return isData(packet) && (packet[0] === errorBand || packet.toString('latin1', 0, 4) === 'ERR ')
}

const errorBand = 3

function throwRefusal(answer: Buffer[]): Buffer[] {
  const refusal = answer.find(isRefusal)
  if (refusal) throw new Error(textOf(refusal.subarray(refusal[0] === errorBand ? 1 : 4)))
  return answer
}

/** Milliseconds for one answer. */
const longest = 120_000

interface Connected {
  readonly child: ChildProcessWithoutNullStreams
  readonly isStateless: boolean
}

/** Over HTTP through git's own helper (gitremote-helpers, `stateless-connect`), which knows proxies, certificates and headers. */
function connect(url: string, folder: string, options: GitOptions): Connected | undefined {
  const http = /^(https?):/.exec(url)?.[1]
  if (http)
    return { child: startGit([`--git-dir=${folder}`, `remote-${http}`, 'origin', url], options), isStateless: true }
  if (!url.startsWith('file:///')) return undefined
  const { environment } = options
  const child = startGit(['upload-pack', fileURLToPath(url)], { environment, variables: { GIT_PROTOCOL: 'version=2' } })
  return { child, isStateless: false }
}

/** The next line, without its end; nothing where the stream ends before. What comes behind it stays in the stream. */
async function readLine(stream: Readable): Promise<string | undefined> {
  for (let line = ''; ; ) {
    const byte: Buffer | null = stream.read(1)
    if (byte?.toString() === '\n') return line
    if (byte) line += byte.toString('latin1')
    else if (stream.readableEnded || stream.destroyed) return undefined
    else await Promise.race([once(stream, 'readable'), once(stream, 'close')])
  }
}

function readListing(lines: readonly string[]): Listing {
  const refs = new Map<string, Oid>()
  let head: string | undefined
  for (const line of lines) {
    const [oid, ref, ...attributes] = line.split(' ') as [string, string, ...string[]]
    const target = attributes.find((attribute) => attribute.startsWith('symref-target:'))?.slice(14)
    if (ref === 'HEAD') head = target?.startsWith('refs/') ? target : undefined
    // HEAD comes with what it points to, unless that is not there yet.
    const name = ref === 'HEAD' ? head : ref
    if (name && oid !== 'unborn') refs.set(name, oid)
  }
  return { head, refs }
}
