/** Gives others a turn when it is time for that; nothing where it is not. */
export type Breath = () => Promise<void> | undefined

/**
 * Gives a function that lets others have a turn when that many milliseconds have passed since the last time. Whose turns are longer
 * than those of the others has more of the thread than they.
 */
export function takeBreaths(every = turn): Breath {
  return breaths(every, nextTurn)
}

/** The same for what nobody waits for: others have several turns for each of ours, as long as they have something to do. */
export function giveWay(): Breath {
  return breaths(turn, async () => {
    for (let round = 0; round < rounds; round++) {
      const began = performance.now()
      await nextTurn()
      if (performance.now() - began < idle) return
    }
  })
}

function breaths(every: number, others: () => Promise<unknown>): Breath {
  let last = performance.now()
  const pause = async () => {
    await others()
    last = performance.now()
  }
  return () => (performance.now() - last < every ? undefined : pause())
}

/** Resolves when everybody has had a turn of the event loop: what has arrived by now has been read. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/**
 * Milliseconds: evaluation looks so often at what lands. With two of them a landing took twice as long as its sync, and beside a seal
 * whose turns were of two, evaluation stood almost still.
 */
const turn = 0.3

const rounds = 4

/** Milliseconds that a round of the event loop takes where nobody else has anything to do. */
const idle = 0.05
