import type { FastifyInstance } from 'fastify'
import { pruneReceipts } from '../database/receipts/pruneReceipts.ts'
import type { Receipt } from '../database/receipts/receipt.ts'
import { createNewId } from '../database/tables/newId.ts'
import { messageOf } from '../errors.ts'
import { type Applied, applyEvent, type EventContext } from '../events/applyEvent.ts'
import { findReceipt } from '../events/findReceipt.ts'
import { shareRounds } from '../events/handlers/shareRounds.ts'
import { readInbox } from '../events/inboxRequest.ts'
import type { Publisher } from '../events/messages/message.ts'
import type { Repository } from '../git/repository.ts'
import { inboxFolder } from '../git/shared/inbox.ts'
import { leaseRef } from '../git/shared/lease.ts'
import type { Writer } from '../git/writer.ts'
import { expectToken } from './access/expectToken.ts'
import { foreignGuard } from './access/foreignGuard.ts'
import { KnownTokens } from './access/knownTokens.ts'
import { hashOf, newSecret, type Token } from './access/token.ts'
import type { TokenStore } from './access/tokenStore.ts'
import { closeAll } from './closeAll.ts'
import { type Happening, happeningOf, type PushedRef } from './happening.ts'
import { Happenings, type Listener } from './happenings.ts'
import { Housekeeping } from './housekeeping.ts'
import { type HubOptions, type Settings, withDefaults } from './hubOptions.ts'
import { Intake } from './intake/intake.ts'
import { OwnInbox } from './intake/ownInbox.ts'
import { openStorage, type Storage } from './openStorage.ts'
import { Postman } from './postman.ts'
import { pruneEngine } from './pruneEngine.ts'
import { PushTurns } from './pushes/pushTurns.ts'
import { createRandom } from './random.ts'
import { addRoutes } from './server/routes.ts'
import { close, createServer, listen, mayPass } from './server/server.ts'

/**
 * Starts a hub: one process that is to a repository what GitHub is. Throws `invalid` for a name that is none, `conflict` where
 * another hub has the folder, `unavailable` where folder or port cannot be used.
 */
export async function startHub(options: HubOptions): Promise<Hub> {
  const settings = withDefaults(options)
  const hub = new Hub(
    settings,
    await openStorage({
      ...settings,
      onTrouble: (error) => settings.log(`the repository: ${messageOf(error)}`, error),
    }),
  )
  try {
    await hub.start()
    return hub
  } catch (error) {
    await hub.stop()
    throw error
  }
}

export class Hub {
  /** `owner/name`. */
  readonly repository: string
  /** The bare git repository. */
  readonly folder: string
  /** May do everything, until this process ends; it is in no file. */
  readonly token: string
  /** Those of everybody else. */
  readonly tokens: TokenStore
  /** The one write door: for the engine's store, too. */
  readonly writer: Writer
  /** What the writer writes to. */
  readonly gitRepository: Repository
  /** The served branch's ref, such as `refs/heads/main`. */
  readonly branch: string
  readonly #settings: Settings
  readonly #storage: Storage
  readonly #stopped = new AbortController()
  /** What is under way then is given up. */
  readonly #over = new AbortController()
  readonly #newId: () => string
  readonly #context: EventContext
  readonly #happenings: Happenings
  readonly #inbox: OwnInbox
  readonly #pushTurns: PushTurns
  readonly #intake: Intake
  readonly #postman: Postman
  readonly #housekeeping: Housekeeping
  readonly #server: FastifyInstance
  #address = ''
  #stopping: Promise<void> | undefined

  constructor(settings: Settings, storage: Storage) {
    this.#settings = settings
    this.#storage = storage
    this.repository = settings.repository
    this.folder = storage.layout.git
    this.token = settings.token ?? newSecret()
    this.tokens = storage.tokens
    this.writer = storage.writer
    this.gitRepository = storage.repository
    this.branch = storage.branch
    this.#newId = createNewId({ now: settings.clock, random: createRandom() })
    this.#context = this.#createContext()
    this.#happenings = new Happenings(this.#newId(), (error) => settings.log(`a listener failed: ${messageOf(error)}`))
    this.#postman = this.#createPostman()
    this.#inbox = this.#createInbox()
    this.#pushTurns = new PushTurns({ landed: () => this.writer.exclusively(async () => {}) })
    this.#housekeeping = this.#createHousekeeping()
    this.#intake = this.#createIntake()
    this.#server = this.#createServer()
  }

  /** `http://127.0.0.1:<port>`. */
  get address(): string {
    return this.#address
  }

  async start(): Promise<void> {
    const { host, port, publisher, repository, clock } = this.#settings
    await expectToken(this.tokens, { host, repository, now: clock() })
    // Who sends something again now is to find it known, and who sends something else comes behind it.
    this.#intake.takeUp()
    this.#address = await listen(this.#server, host, port)
    await this.#storage.ownership.announce(this.#address)
    this.#inbox.look()
    this.#intake.resume()
    if (publisher) this.publishTo(publisher)
    this.#housekeeping.start()
  }

  /** Calls the listener with what happens from now on. Gives what ends that. */
  on(listener: Listener): () => void {
    return this.#happenings.on(listener)
  }

  /** Where messages go from now on; those that are owed already go first. */
  publishTo(publisher: Publisher): void {
    this.#postman.publishTo(publisher)
  }

  /** What became of an event; `source` is the repository's unless given. */
  findReceipt(source: string, id: string): Promise<Receipt | undefined> {
    return findReceipt(this.gitRepository, source, id)
  }

  /** Resolves when nothing that was accepted is left to apply, and git sees all of it. */
  async idle(): Promise<void> {
    await this.#intake.idle()
    await this.#storage.repository.seal()
  }

  /** Resolves when the indexes are built and have taken in what landed before. */
  indexed(): Promise<void> {
    return this.#storage.index.settled()
  }

  /** Applies what was accepted, closes what is open, lets go of the folder. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop()
    return this.#stopping
  }

  async #stop(): Promise<void> {
    this.#stopped.abort()
    const end = performance.now() + longestStop
    const left = () => Math.max(0, end - performance.now())
    const timer = setTimeout(() => this.#over.abort(), longestStop)
    await closeAll(
      [
        { name: 'the inbox', close: () => this.#inbox.stop() },
        { name: 'the turns of pushes', close: async () => this.#pushTurns.stop() },
        { name: 'the events that were accepted', close: () => this.#intake.stop(left()) },
        { name: 'transfers', close: () => close(this.#server, Math.max(left(), shortestTransfer)) },
        // What was being accepted meanwhile.
        { name: 'the last events', close: () => this.#intake.idle() },
        { name: 'what forgets', close: () => this.#housekeeping.stop() },
        { name: 'the messages under way', close: () => this.#postman.stop() },
        { name: 'what is on the disk', close: () => this.#storage.close() },
      ],
      this.#settings.log,
    ).finally(() => clearTimeout(timer))
  }

  #createPostman(): Postman {
    const { clock, log } = this.#settings
    const tell = (happening: Happening) => this.#happenings.tell(happening)
    return new Postman({ repository: this.gitRepository, writer: this.writer, clock, log, tell })
  }

  #createHousekeeping(): Housekeeping {
    const { basedir, clock, log } = this.#settings
    const { branch, writer, gitRepository: repository } = this
    const onTrouble = (error: unknown) => log(`what is old cannot be forgotten: ${messageOf(error)}`, error)
    const pruning = { repository, writer, branch, basedir, seal: () => this.#storage.repository.seal() }
    const forgetReceipts = (signal: AbortSignal) => pruneReceipts({ ...pruning, now: clock(), signal })
    const forgetHistory = () => pruneEngine({ ...pruning, now: clock() })
    return new Housekeeping({ chores: [forgetReceipts, forgetHistory], onTrouble })
  }

  #createIntake(): Intake {
    return new Intake({
      journal: this.#storage.journal,
      apply: (event, pipeline, identity) =>
        this.writer.submit(applyEvent({ event, identity }, this.#context), pipeline),
      findReceipt: (source, id) => findReceipt(this.gitRepository, source, id),
      tell: (happening) => this.#happenings.tell(happening),
      isFree: async () => {
        await this.#inbox.isFree()
        await this.#pushTurns.isFree()
      },
      onApplied: () => this.#postman.wake(),
      clock: this.#settings.clock,
      capacity: this.#settings.capacity,
    })
  }

  #createInbox(): OwnInbox {
    const { repository, writer } = this.#storage
    const onApplied = (applied: Applied) => {
      this.#happenings.tell(happeningOf(applied, 0))
      this.#postman.wake()
    }
    const onError = (error: unknown) => this.#settings.log(`the inbox cannot be drained: ${messageOf(error)}`, error)
    return new OwnInbox({ repository, writer, read: readInbox(this.#context), onApplied, onError })
  }

  #createContext(): EventContext {
    const { basedir, handlers, clock } = this.#settings
    const [newId, nextTurn, { index }] = [this.#newId, shareRounds(), this.#storage]
    const { signal } = this.#over
    return { branch: this.branch, basedir, handlers, clock, newId, nextTurn, index, signal }
  }

  #createServer(): FastifyInstance {
    const { host, hosts, connections, log, clock } = this.#settings
    const { repository } = this
    const { audit } = this.#storage
    const own: Token = {
      ...processToken,
      hash: hashOf(this.token),
      repository,
      created: new Date(clock()).toISOString(),
    }
    const tokens = new KnownTokens({ store: this.tokens, own, clock })
    const door = { tokens, repository, refuseForeign: foreignGuard([...hosts, host]), connections, audit, log }
    const server = createServer(door)
    addRoutes(server, {
      ...this.#settings,
      storage: this.#storage,
      address: () => this.#address,
      happenings: this.#happenings,
      intake: this.#intake,
      newId: this.#newId,
      stopped: this.#stopped.signal,
      findReceipt: (source, id) => this.findReceipt(source, id),
      mayStill: (request) => mayPass(request, door),
      onPushed: (refs) => this.#pushed(refs),
      pushTurns: this.#pushTurns,
    })
    return server
  }

  #pushed(refs: readonly PushedRef[]): void {
    const moved = refs.find(({ ref }) => ref === this.branch)
    if (moved) this.#storage.index.landed(moved.to)
    if (refs.some(({ ref }) => ref === leaseRef || ref.startsWith(inboxFolder))) this.#inbox.look()
    this.#happenings.tell({ type: 'pushed', refs })
    this.#postman.wake()
  }
}

/** Milliseconds in which a stop applies what was accepted; what is left is in the journal, and applied at the next start. */
const longestStop = 10_000
/** Milliseconds that a transfer has at least, once all that was accepted is applied. */
const shortestTransfer = 2_000

const processToken = { name: '(this process)', scopes: ['admin'], expires: null } as const
