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
    database.exec('PRAGMA wal_checkpoint(PASSIVE)')
  } finally {
    database.close()
  }
})
