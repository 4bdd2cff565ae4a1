import type { Clock } from '../runtime/clock.ts'

export interface ManualClock extends Clock {
  /** Lets milliseconds pass: what falls due is woken, in its order. */
  advance(milliseconds: number): void
}

/** A clock that stands still until it is advanced. */
export function createManualClock(start = Date.parse('2026-01-05T10:00:00Z')): ManualClock {
  let now = start
  let alarms: { time: number; wake: () => void }[] = []
  const ring = (): void => {
    const due = alarms.filter(({ time }) => time <= now).sort((a, b) => a.time - b.time)
    alarms = alarms.filter(({ time }) => time > now)
    for (const { wake } of due) wake()
  }
  return {
    now: () => now,
    at(time, wake) {
      const alarm = { time, wake }
      alarms.push(alarm)
      if (time <= now) queueMicrotask(ring)
      return () => {
        alarms = alarms.filter((other) => other !== alarm)
      }
    },
    advance(milliseconds) {
      now += milliseconds
      ring()
    },
  }
}
