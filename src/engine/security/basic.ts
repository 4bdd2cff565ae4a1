import { createHash, timingSafeEqual } from 'node:crypto'
import { CommitbaseError } from '../../errors.ts'
import type { Guard } from './guard.ts'

export interface BasicOptions {
  readonly username: string
  readonly password: string
}

/** RFC 7617. How long a comparison takes tells nothing of the password. */
export function basicGuard({ username, password }: BasicOptions): Guard {
  const expected = digest(`${username}:${password}`)
  return async (authorization) => {
    const [, encoded] = /^Basic ([\w+/=-]+)$/i.exec(authorization ?? '') ?? []
    if (encoded === undefined) {
      throw refused('Expected basic credentials at header with key [authorization], but found nothing')
    }
    if (timingSafeEqual(digest(Buffer.from(encoded, 'base64').toString()), expected)) return
    throw refused('Expected basic credentials at header with key [authorization], but user or password is wrong')
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

function refused(message: string): CommitbaseError {
  return new CommitbaseError('unauthorized', message)
}
