/**
 * Calls `send` at a fixed rate, whoever has not answered yet: what comes late counts from the moment that it was due (Gil Tene's
 * "coordinated omission"). Resolves, when all that was sent is answered, with the milliseconds of each; at the first error it stops
 * and throws it. `now`: a clock in milliseconds.
 */
export async function openLoop(
  rate: number,
  seconds: number,
  send: (number: number) => Promise<unknown>,
  now = () => performance.now(),
): Promise<number[]> {
  const count = Math.floor(rate * seconds)
  const start = now()
  const answers: Promise<number>[] = []
  let hasFailed = false
  const timed = async (number: number) => {
    await send(number)
    return now() - (start + (number * 1000) / rate)
  }
  while (answers.length < count && !hasFailed) {
    const due = Math.min(count, Math.floor(((now() - start) * rate) / 1000) + 1)
    for (const answer of Array.from({ length: due - answers.length }, (_, more) => timed(answers.length + more))) {
      answers.push(answer)
      answer.catch(() => {
        hasFailed = true
      })
    }
    await new Promise((go) => setTimeout(go, 1))
  }
  return await Promise.all(answers)
}
