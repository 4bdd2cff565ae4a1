import { connect, type Socket } from 'node:net'

export interface PlainHttpOptions {
  /** Such as `http://127.0.0.1:8080`. */
  readonly address: string
  readonly path: string
  readonly token: string
}

/**
 * Posts JSON over connections that stay open, one request at a time on each, and reads no more of an answer than its status (RFC 9112
 * §4); after one that may have a body its connection goes. For a sender that shares its cores with who is measured. `node:http` costs it several times as much.
 */
export class PlainHttp {
  readonly #target: URL
  readonly #head: string
  readonly #all = new Set<Socket>()
  readonly #free: Socket[] = []
  readonly #waiting: Request[] = []

  constructor({ address, path, token }: PlainHttpOptions) {
    this.#target = new URL(address)
    const { host } = this.#target
    this.#head = `POST ${path} HTTP/1.1\r\nhost: ${host}\r\nauthorization: Bearer ${token}\r\ncontent-type: application/json\r\n`
  }

  /** Gives the answer's status. */
  post(body: string): Promise<number> {
    const text = `${this.#head}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
    return new Promise((resolve, reject) => {
      this.#waiting.push({ text, resolve, reject })
      this.#send()
    })
  }

  close(): void {
    for (const socket of this.#all) socket.destroy()
  }

  #send(): void {
    if (this.#waiting.length === 0) return
    const socket = this.#free.pop() ?? (this.#all.size < mostConnections ? this.#open() : undefined)
    if (!socket) return
    const request = this.#waiting.shift()!
    let answer = ''
    const settle = (action: () => void) => {
      socket.removeAllListeners('data').removeAllListeners('error').removeAllListeners('close')
      action()
      this.#send()
    }
    socket.on('data', (bytes) => {
      answer += bytes.toString('latin1')
      if (!answer.includes('\r\n\r\n')) return
      const status = Number(answer.slice('HTTP/1.1 '.length).slice(0, 3))
      if (status === 204) this.#free.push(socket)
      else this.#end(socket)
      settle(() => request.resolve(status))
    })
    const fail = (error: unknown) => {
      this.#end(socket)
      settle(() => request.reject(error))
    }
    socket.once('error', fail).once('close', () => fail(new Error('the connection was closed before the answer')))
    socket.write(request.text)
  }

  #end(socket: Socket): void {
    this.#all.delete(socket)
    socket.destroy()
  }

  #open(): Socket {
    const { hostname, port } = this.#target
    const socket = connect({ host: hostname, port: Number(port), noDelay: true })
    this.#all.add(socket)
    return socket
  }
}

const mostConnections = 256

interface Request {
  readonly text: string
  readonly resolve: (status: number) => void
  readonly reject: (error: unknown) => void
}
