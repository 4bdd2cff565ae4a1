/** What runs in the thread of `IndexFile.checkpoint`. */
import { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import { answerTasks } from '../../git/answerTasks.ts'

export interface CheckpointTask {
  readonly path: string
}

answerTasks(({ path }: CheckpointTask) => {
  const url = pathToFileURL(path)
  // One that was taken away meanwhile is not made again.
  url.searchParams.set('mode', 'rw')
  const database = new DatabaseSync(url)
  try {
    // As the index's own connection, see `connect`: else the write below would be synced as well.
    database.exec('PRAGMA synchronous = NORMAL')
    const { log, checkpointed } = database.prepare('PRAGMA wal_checkpoint(PASSIVE)').get()!
    // Who writes next begins the log anew, cuts it, and syncs its header (https://sqlite.org/src/info/ff5be73dee): that waits for the disk, too.
    if (log === checkpointed) database.exec(anyWrite)
  } finally {
    database.close()
  }
})

/** What stays the same would not be written. */
const anyWrite =
  "PRAGMA journal_size_limit = 0; BEGIN IMMEDIATE; REPLACE INTO state VALUES ('checkpoint', hex(randomblob(8))); COMMIT"
