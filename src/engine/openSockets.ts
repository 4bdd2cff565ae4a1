import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'

/**
 * The connections that came to a port of this process, also those that have said nothing yet: a server with TLS knows of one when its
 * handshake is done, and when it is closed waits two minutes for those that never begin it.
 */
export class OpenSockets {
  readonly #port: () => number
  readonly #open = new Set<Socket>()
  #isEnding = false

  constructor(port: () => number) {
    this.#port = port
    subscribe(channel, this.#note)
  }

  /** Waits until the server is closed: a second for what is under way, then its connections are ended, and by `force` what else it does. */
  async whenClosed(closed: Promise<unknown>, force = () => {}): Promise<void> {
    const end = () => {
      force()
      this.#end()
    }
    const impatient = setTimeout(end, lastMoment)
    await closed
    clearTimeout(impatient)
    unsubscribe(channel, this.#note)
  }

  /** Those that are there and those to come. */
  #end(): void {
    this.#isEnding = true
    for (const socket of this.#open) socket.destroy()
  }

  readonly #note = (message: unknown): void => {
    const { socket } = message as { socket: Socket }
    if (socket.localPort !== this.#port()) return
    if (this.#isEnding) return void socket.destroy()
    this.#open.add(socket)
    socket.once('close', () => this.#open.delete(socket))
  }
}

/** Node publishes each connection that a server of this process is given (diagnostics_channel, "Net"). */
const channel = 'net.server.socket'

/** Milliseconds. */
const lastMoment = 1_000
