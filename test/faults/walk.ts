import {
  end,
  flow,
  messageCatch,
  messageStart,
  model,
  serviceTask,
  start,
  timerCatch,
} from '../../src/engine/testing/bpmn.ts'

/** `owner/name` of the repository that is broken. */
export const repository = 'octo/chaos'

/** And of the one that runs of the Action write to. */
export const actionRepository = 'acme/chaos'

/**
 * The process that each walk goes through: a message starts it, it asks for an event over HTTP, waits for that event's message,
 * then for a timer, and asks for its last event.
 */
export const walk = model(
  'walk',
  messageStart('asked', 'ASKED'),
  dispatching('go', 'walked'),
  messageCatch('walked', 'WALKED', '=_id'),
  timerCatch('rest', { duration: 'PT0.05S' }),
  dispatching('finish', 'ended'),
  end(),
  flow('asked -> go -> walked -> rest -> finish -> end'),
)

/** What somebody asks the engine itself for: it dispatches an event, and ends. */
export const made = model('made', start(), dispatching('make', 'made'), end(), flow('start -> make -> end'))

/** A task of the HTTP worker that dispatches an event of that type. It is tried until it is taken. */
function dispatching(id: string, eventType: string) {
  return serviceTask(id, 'CAMUNDA-HTTP', {
    retries: '100000',
    headers: { url: `https://api.github.com/repos/${repository}/dispatches`, method: 'post' },
    inputs: {
      authorization: '="Bearer {{GitHubToken}}"',
      body: `={"event_type": "${eventType}", "client_payload": {"_id": _id, "correlation_id": _id}}`,
    },
  })
}
