import type { Socket } from 'node:net'
import type { AuditLog } from '../access/audit.ts'

/** Answers what is no HTTP, is too long, or does not come to its end, and hangs up. */
export function refuseBroken(error: NodeJS.ErrnoException, socket: Socket, audit: AuditLog): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return
  const status = statuses[error.code ?? ''] ?? 400
  audit.refused({ status, reason: reasons[status]!, from: socket.remoteAddress })
  if (socket.writable)
    socket.write(`HTTP/1.1 ${status} ${reasons[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
  socket.destroy()
}

const statuses: Readonly<Record<string, number>> = { ERR_HTTP_REQUEST_TIMEOUT: 408, HPE_HEADER_OVERFLOW: 431 }

const reasons: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
}
