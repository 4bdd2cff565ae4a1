import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/**
 * Holds so many connections at most. For one more, the one that has been without a request for the longest goes; only where all
 * are at work the new one is closed. So those who open thousands and ask for nothing keep nobody out. Gives what ends all without a
 * request, and each other one with the answer to its request: the server itself would wait for those that have not asked for anything yet.
 * What is still to come of a request that was answered is waited for, but not for ever.
 */
export function limitConnections(server: Server, most: number): () => void {
  /** The oldest first. */
  const idle = new Set<Socket>()
  let open = 0
  let isEnding = false
  server.on('connection', (socket: Socket) => {
    open++
    idle.add(socket)
    socket.once('close', () => {
      open--
      idle.delete(socket)
    })
    if (open <= most && !isEnding) return
    const [oldest = socket] = isEnding ? [] : idle
    idle.delete(oldest)
    oldest.destroy()
  })
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request
    idle.delete(socket)
    response.once('close', () => {
      if (socket.destroyed) return
      if (!request.complete) hangUpSoon(request)
      if (isEnding) socket.destroySoon()
      else idle.add(socket)
    })
  })
  return () => {
    isEnding = true
    for (const socket of idle) socket.destroy()
  }
}

/** Its body may come to its end, so that its sender reads the answer. */
function hangUpSoon(request: IncomingMessage): void {
  const timer = setTimeout(() => request.socket.destroy(), longestAnswered)
  request.once('close', () => clearTimeout(timer))
}

/** Milliseconds. */
const longestAnswered = 5_000
