import type { Key } from '../../key.ts'
import type { Job } from '../rows.ts'
import type { State } from '../state.ts'
import { changeElement } from './changeElement.ts'
import type { EventOf, FoldsOf } from './fold.ts'

export const jobs = {
  JOB_CREATED: jobCreated,
  JOB_MIGRATED: (state, { job }) => state.jobs.put(job),
  JOB_ACTIVATED: (state, { key, worker, deadline }) => changeJob(state, key, { state: 'ACTIVATED', worker, deadline }),
  JOB_DISABLED: (state, { key }) => changeJob(state, key, { state: 'FAILED' }),
  JOB_COMPLETED: deleteJob,
  JOB_CANCELED: deleteJob,
  JOB_FAILED: jobFailed,
  JOB_RECURRED_AFTER_BACKOFF: freeJob,
  JOB_TIMED_OUT: freeJob,
  JOB_UPDATED: (state, { key, changes }) => changeJob(state, key, changes),
  JOB_RETRIES_UPDATED: (state, { key, retries }) => changeJob(state, key, { retries }),
  JOB_TIMEOUT_UPDATED: (state, { key, deadline }) => changeJob(state, key, { deadline }),
  JOB_ERROR_THROWN: jobErrorThrown,
} satisfies Partial<FoldsOf>

/** A listener's is counted, to find the next one. */
function jobCreated(state: State, { job }: EventOf<'JOB_CREATED'>): void {
  state.jobs.put(job)
  if (job.listensTo === undefined) return
  const { listened = 0 } = state.elements.get(job.elementInstanceKey)!
  changeElement(state, job.elementInstanceKey, { listened: listened + 1 })
}

function changeJob(state: State, key: Key, change: Partial<Job>): void {
  state.jobs.put({ ...state.jobs.get(key)!, ...change })
}

function deleteJob(state: State, { key }: { key: Key }): void {
  state.jobs.delete(key)
}

function freeJob(state: State, { key }: { key: Key }): void {
  changeJob(state, key, { state: 'ACTIVATABLE', deadline: undefined, recurAt: undefined })
}

function jobFailed(state: State, { key, retries, errorMessage, recurAt }: EventOf<'JOB_FAILED'>): void {
  const waits = retries <= 0 || recurAt !== undefined
  changeJob(state, key, {
    state: waits ? 'FAILED' : 'ACTIVATABLE',
    retries,
    errorMessage,
    deadline: undefined,
    recurAt,
  })
}

function jobErrorThrown(state: State, event: EventOf<'JOB_ERROR_THROWN'>): void {
  if (event.caught) {
    state.jobs.delete(event.key)
    return
  }
  const { errorCode, errorMessage } = event
  changeJob(state, event.key, { state: 'ERROR_THROWN', errorCode, errorMessage, deadline: undefined })
}
