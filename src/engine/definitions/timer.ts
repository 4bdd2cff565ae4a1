import { messageOf } from '../../errors.ts'
import type { Expression } from '../../feel/expression.ts'
import type { TimerDefinition } from '../compile/model.ts'
import type { Problems } from '../compile/problems.ts'
import { emit, nextKey, type Run } from '../run.ts'
import type { ElementInstance } from '../state/rows.ts'
import { checkStaticTimer, type Schedule, scheduleOf } from '../waiting/timers.ts'
import { type Catcher, type CatchType, type DefinedEvent, placeIn } from './definition.ts'

/** BPMN 2.0.2 §10.5.5.15: a date, a duration, or a cycle where it may come again. */
export const timerCatch: CatchType<TimerDefinition> = {
  compile(event, { problems }) {
    checkCycle(event, problems)
    return compileTimer(event, problems)
  },
  watch(run, host, catcher, definition) {
    const schedule = scheduleOf(run, host.key, definition)
    return () => open(run, host, catcher, schedule)
  },
}

function checkCycle({ node, definition, place, interrupting }: DefinedEvent, problems: Problems): void {
  const { timeDate, timeDuration, timeCycle } = definition
  if (place === 'intermediateCatch' && timeDate === undefined && timeDuration === undefined) {
    problems.add(node.id ?? '', 'Intermediate timer catch event must have either a time duration or a time date.')
  }
  if (timeCycle !== undefined && (place === 'boundary' || place === 'eventSubProcess') && interrupting) {
    const id = place === 'boundary' ? node.id : node.$parent?.id
    problems.add(id ?? '', 'Interrupting timer event with time cycle is not allowed.')
  }
}

function compileTimer(event: DefinedEvent, problems: Problems): TimerDefinition {
  const { timeDate, timeDuration, timeCycle } = event.definition
  const at = placeIn(event)
  const given = [timeDate, timeDuration, timeCycle].filter((time) => time !== undefined)
  if (given.length !== 1) {
    problems.add(at, 'Must be exactly one type of timer: timeDuration, timeDate or timeCycle')
  }
  const kind = timeDate ? 'date' : timeCycle ? 'cycle' : 'duration'
  const expression = parsed(at, given.length === 0 ? '=null' : (given[0]?.body ?? '').trim(), problems)
  if (expression.kind === 'static') checkTimer(event.node.id ?? '', kind, expression.value, problems)
  return { type: 'timer', kind, expression }
}

/** An empty one is static text, for `checkTimer` to refuse. */
function parsed(at: string, text: string, problems: Problems): Expression {
  return text === '' ? { kind: 'static', value: '' } : problems.expression(at, text)
}

function checkTimer(id: string, kind: TimerDefinition['kind'], text: string, problems: Problems): void {
  try {
    checkStaticTimer(kind, text)
  } catch (error) {
    problems.addOfExpressions(id, `Invalid timer ${kind} expression (${messageOf(error)})`)
  }
}

function open(run: Run, host: ElementInstance, { elementId }: Catcher, schedule: Schedule): void {
  const key = nextKey(run)
  emit(run, {
    type: 'TIMER_CREATED',
    key,
    timer: {
      key,
      processInstanceKey: host.processInstanceKey,
      elementInstanceKey: host.key,
      targetElementId: elementId,
      ...schedule,
    },
  })
}
