import { readlinkSync } from 'node:fs'
import { constants, setPriority } from 'node:os'
import { basename } from 'node:path'
import { parentPort } from 'node:worker_threads'
import { messageOf } from '../errors.ts'
import type { Answer, Question } from './taskThread.ts'

/** Called once in the thread of a `TaskThread`: does what it is told to, and gives way to the thread that takes writes. */
export function answerTasks<Task, Result>(run: (task: Task) => Result | Promise<Result>): void {
  giveWay()
  const answer = (answer: Answer<Result>) => parentPort!.postMessage(answer)
  parentPort!.on('message', async ({ id, task }: Question<Task>) => {
    try {
      answer({ id, result: await run(task) })
    } catch (error) {
      answer({ id, error: messageOf(error) })
    }
  })
}

/** On Linux each thread has a priority of its own (setpriority(2)); elsewhere it stays as it is. */
function giveWay(): void {
  try {
    setPriority(Number(basename(readlinkSync('/proc/thread-self'))), constants.priority.PRIORITY_BELOW_NORMAL)
  } catch {
    return
  }
}
