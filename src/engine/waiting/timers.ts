import { Cron } from 'croner'
import { DateTime, Duration } from 'luxon'
import type { Evaluation } from '../../feel/evaluate.ts'
import type { TimerDefinition } from '../compile/model.ts'
import { raiseIncident } from '../incidents.ts'
import type { Key } from '../key.ts'
import { emit, IncidentRaised, nextKey, type Run } from '../run.ts'
import type { Timer } from '../state/rows.ts'
import { evaluateOneOf, evaluateString, sourceOf } from '../variables/expressions.ts'
import { instantOf, zoned } from './dateTime.ts'

/** When a timer fires: `due` in milliseconds since the epoch, how often (-1: for ever), and what lies between. */
export interface Schedule {
  due: number
  repetitions: number
  interval?: string
}

/** A schedule's text is not understood; the words are the real engine's. */
class ScheduleError extends Error {}

/** Evaluates a timer's expression in a scope. */
export function scheduleOf(run: Run, scopeKey: Key, timer: TimerDefinition): Schedule {
  try {
    switch (timer.kind) {
      case 'duration': {
        const value = evaluateOneOf(run, scopeKey, timer.expression, ['DURATION', 'PERIOD', 'STRING'])
        return { due: durationFrom(String(value.value), run.now, sourceOf(timer.expression)), repetitions: 1 }
      }
      case 'date': {
        const value = evaluateOneOf(run, scopeKey, timer.expression, ['DATE_TIME', 'STRING'])
        return { due: dateOf(value, sourceOf(timer.expression)), repetitions: 1 }
      }
      case 'cycle':
        return parseCycle(evaluateString(run, scopeKey, timer.expression), run.now)
    }
  } catch (error) {
    if (error instanceof ScheduleError) throw new IncidentRaised('EXTRACT_VALUE_ERROR', error.message, scopeKey)
    throw error
  }
}

/** Checks a timer that is written out in the model, at deployment. */
export function checkStaticTimer(kind: TimerDefinition['kind'], text: string): void {
  if (kind === 'duration') durationFrom(text, 0, text)
  else if (kind === 'date') dateOf({ type: 'STRING', value: text, feel: text, warnings: [] }, text)
  else parseCycle(text, 0)
}

/**
 * The timer that follows one that fired, if it has repetitions left: an interval on from when it was due, or from now
 * where that has come as well (seen on Zeebe 8.6.0: a clock that jumps makes one repetition, not many).
 */
export function scheduleNext(run: Run, timer: Timer): void {
  if (timer.interval === undefined || timer.repetitions === 1 || timer.repetitions === 0) return
  const due = nextDueOf(timer.interval, timer.due, run.now)
  if (due === undefined) return
  const atOnce = hasNoLength(timer.interval) ? (timer.atOnce ?? 0) + 1 : 0
  if (atOnce >= mostAtOnce) {
    stopTimer(run, timer)
    return
  }
  const key = nextKey(run)
  const repetitions = timer.repetitions < 0 ? -1 : timer.repetitions - 1
  emit(run, { type: 'TIMER_CREATED', key, timer: { ...timer, key, due, repetitions, ...(atOnce > 0 && { atOnce }) } })
}

/** So often a cycle without length comes again: for ever, it would leave time for nothing else. */
const mostAtOnce = 1000

function hasNoLength(interval: string): boolean {
  return isDuration(interval) && plus(0, interval) <= 0
}

/** Of a timer that starts a process there is nobody to tell. */
function stopTimer(run: Run, { elementInstanceKey, targetElementId }: Timer): void {
  const host = run.state.elements.get(elementInstanceKey)
  if (host === undefined) return
  const message = `The timer '${targetElementId}' came due ${mostAtOnce} times without time passing, since its cycle has no length. It does not come again.`
  raiseIncident(run, host, { type: 'UNKNOWN', message })
}

function nextDueOf(interval: string, lastDue: number, now: number): number | undefined {
  if (!isDuration(interval)) return cronAfter(interval, now)
  const next = plus(lastDue, interval)
  return next <= now ? plus(now, interval) : next
}

/** `R3/PT10S`, `R/2026-01-01T00:00:00Z/PT1H` or cron of six fields. */
function parseCycle(text: string, now: number): Schedule {
  if (!text.startsWith('R')) return { due: cronAfter(text, now), repetitions: -1, interval: text }
  const [, count = '', start, interval = ''] = /^R(-?\d*)\/(?:(.*)\/)?([^/]*)$/.exec(text) ?? []
  if (!isDuration(interval)) throw new ScheduleError('Text cannot be parsed to a Period')
  const repetitions = count === '' ? -1 : Number(count)
  const due = start === undefined ? plus(now, interval) : startOf(start, interval, now)
  return { due, repetitions: repetitions < 0 ? -1 : repetitions, interval }
}

function startOf(text: string, interval: string, now: number): number {
  const start = instantOf(text)
  if (start === undefined) throw new ScheduleError(`Text '${text}' could not be parsed at index 0`)
  return start >= now ? start : plus(start, interval) >= now ? plus(start, interval) : plus(now, interval)
}

/** As Spring reads cron, and the real engine with it: `0/5` is a range, and both a day of the month and one of the week must match. */
const cronOptions = { timezone: 'UTC', paused: true, sloppyRanges: true, domAndDow: true }

function cronAfter(pattern: string, now: number): number {
  const parts = pattern.trim().split(/\s+/).length
  if (!pattern.startsWith('@') && parts !== 6) {
    throw new ScheduleError(`Cron expression contains ${parts} parts but we expect one of [6]`)
  }
  try {
    const next = new Cron(pattern, cronOptions).nextRun(new Date(now))
    if (next !== null) return next.getTime()
  } catch (error) {
    throw new ScheduleError(error instanceof Error ? error.message : String(error))
  }
  throw new ScheduleError(`Cron expression '${pattern}' never comes due`)
}

function durationFrom(text: string, now: number, source: string): number {
  if (!isDuration(text)) throw new ScheduleError(`Invalid duration format '${text}' for expression '${source}'.`)
  return plus(now, text)
}

/** In capitals or not. */
function isDuration(text: string): boolean {
  const shape = /^-?P(?=.)(-?\d+Y)?(-?\d+M)?(-?\d+W)?(-?\d+D)?(T(?=.)(-?\d+H)?(-?\d+M)?(-?\d+([.,]\d+)?S)?)?$/i
  return shape.test(text)
}

function plus(now: number, duration: string): number {
  return DateTime.fromMillis(now, { zone: 'utc' }).plus(Duration.fromISO(duration.toUpperCase())).toMillis()
}

function dateOf(value: Evaluation, source: string): number {
  const text = value.type === 'DATE_TIME' ? zoned(String(value.value)) : String(value.value)
  const instant = instantOf(text)
  if (instant === undefined) throw new ScheduleError(`Invalid date-time format '${text}' for expression '${source}'.`)
  return instant
}
