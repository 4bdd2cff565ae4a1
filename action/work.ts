import { setTimeout as delay } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { CommitbaseError, messageOf } from '../src/errors.ts'
import type { Engine } from '../src/zeebe/connect.ts'
import { identityOf } from '../src/zeebe/identity.ts'
import { startWorker } from '../src/zeebe/workers.ts'
import type { EngineRequest } from './inputs.ts'
import { openOctokit } from './octokit.ts'
import { type Report, reportResult } from './report.ts'
import { runner } from './runner.ts'
import { openSender } from './sender.ts'
import type { Step } from './step.ts'
import { runTask, type Task, type TaskContext } from './task.ts'
import { workspacePath } from './workspacePath.ts'

/** Takes jobs for some minutes with the tasks of a user's module, then ends once those under way are answered. */
export async function work(engine: Engine, request: EngineRequest & { kind: 'work' }, step: Step): Promise<Report> {
  const tasks = await loadTasks(
    await workspacePath(step.run.workspace, request.file, 'worker_handler_file'),
    request.file,
  )
  const sender = await openSender(request.handlers, step)
  const context: TaskContext = {
    core: runner,
    octokit: await openOctokit(step.inputs.token),
    send: sender.send,
    engineId: await identityOf(engine),
  }
  const done = new Map(Object.keys(tasks).map((type) => [type, 0]))
  const workers = Object.entries(tasks).map(([type, task]) =>
    startWorker({
      engine,
      type,
      handle: (job) => runTask(task, job, context),
      onConnection: (state) => void (state.connected || step.say(messageOf(state.error))),
      onOutcome: (job, outcome) => {
        step.say(`${type} ${job.key}: ${outcome.type}`)
        done.set(type, done.get(type)! + 1)
      },
    }),
  )
  runner.info(`working for ${request.minutes} min on ${Object.keys(tasks).join(', ')}`)
  await delay(request.minutes * 60_000)
  await Promise.all(workers.map((worker) => worker.stop()))
  await sender.close()
  return reportResult('worked', Object.fromEntries(done))
}

async function loadTasks(path: string, shown: string): Promise<Record<string, Task>> {
  const module = await importModule(path, shown)
  const tasks = (module.tasks ?? (module.default as { tasks?: unknown } | undefined)?.tasks) as
    | Record<string, Task>
    | undefined
  const wrong = Object.entries(tasks ?? {}).find(([, task]) => typeof task !== 'function')
  if (tasks && Object.keys(tasks).length > 0 && !wrong) return tasks
  const came = wrong ? `'${wrong[0]}' is no function` : 'there is none'
  throw new CommitbaseError(
    'invalid',
    `input 'worker_handler_file': '${shown}' must export 'tasks', an object of functions by job type; ${came}`,
  )
}

async function importModule(path: string, shown: string): Promise<Record<string, unknown>> {
  try {
    return await import(pathToFileURL(path).href)
  } catch (error) {
    throw new CommitbaseError('invalid', `input 'worker_handler_file': '${shown}' does not load: ${messageOf(error)}`, {
      cause: error,
    })
  }
}
