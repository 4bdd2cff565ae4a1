/** Resolves in a turn of its own: by then Node has looked for promises of the turn before that failed and that nobody awaits. */
export type NextTurn = () => Promise<void>

/**
 * Some turns that are asked for one after the other share a round of the event loop: were it a round each, whatever comes in over
 * the network would be read between any two of them.
 */
export function shareRounds(): NextTurn {
  const waiting: (() => void)[] = []
  let prepared = 0
  /** Node calls each immediate in a turn of its own; one that is set meanwhile comes in the next round. */
  const prepare = () => {
    prepared = together
    for (let count = 0; count < together; count++) setImmediate(begin)
  }
  const begin = () => {
    prepared--
    waiting.shift()?.()
    if (prepared === 0 && waiting.length > 0) prepare()
  }
  return () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    waiting.push(resolve)
    if (prepared === 0) prepare()
    return promise
  }
}

/** Turns of one round. */
const together = 16
