import { type Clock, systemClock } from './clock.ts'

/** A clock that can be moved, as Zeebe's with `ZEEBE_CLOCK_CONTROLLED=true`. Who moves an engine's also lets it catch up. */
export interface ControlledClock extends Clock {
  /** Goes on by so many milliseconds, from where it is: pinned or not. */
  add(milliseconds: number): void
  /** Stands still at an instant: milliseconds since the epoch. */
  pin(instant: number): void
  /** Goes with the time of day again. */
  reset(): void
}

export function isControlled(clock: Clock): clock is ControlledClock {
  return 'add' in clock && 'pin' in clock && 'reset' in clock
}

/** `base` is what it goes with while it is not pinned. */
export function createControlledClock(base: Clock = systemClock): ControlledClock {
  const alarms = new Set<ClockAlarm>()
  let pinned: number | undefined
  let offset = 0

  const now = (): number => pinned ?? base.now() + offset

  function moved(): void {
    for (const alarm of [...alarms].sort((a, b) => a.time - b.time)) arm(alarm)
  }

  function arm(alarm: ClockAlarm): void {
    alarm.disarm?.()
    if (alarm.time <= now()) alarm.disarm = soon(() => ring(alarm))
    else if (pinned === undefined) alarm.disarm = base.at(alarm.time - offset, () => ring(alarm))
    else alarm.disarm = undefined
  }

  function ring(alarm: ClockAlarm): void {
    if (alarms.delete(alarm)) alarm.wake()
  }

  return {
    now,
    at(time, wake) {
      const alarm: ClockAlarm = { time, wake, disarm: undefined }
      alarms.add(alarm)
      arm(alarm)
      return () => {
        alarms.delete(alarm)
        alarm.disarm?.()
      }
    },
    add(milliseconds) {
      if (pinned === undefined) offset += milliseconds
      else pinned += milliseconds
      moved()
    },
    pin(instant) {
      pinned = instant
      moved()
    },
    reset() {
      pinned = undefined
      offset = 0
      moved()
    },
  }
}

interface ClockAlarm {
  readonly time: number
  readonly wake: () => void
  /** Undefined while the clock stands still before it. */
  disarm: (() => void) | undefined
}

/** Not within the caller's own turn. */
function soon(then: () => void): () => void {
  const immediate = setImmediate(then)
  return () => clearImmediate(immediate)
}
