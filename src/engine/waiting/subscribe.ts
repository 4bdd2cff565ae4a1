import type { ElementModel } from '../compile/model.ts'
import { catchOrder, catchTypeOf } from '../definitions/table.ts'
import type { Run } from '../run.ts'
import type { ElementInstance } from '../state/rows.ts'
import { catchersOf } from './catchers.ts'

/**
 * Opens what an element waits for: its own event, those of its boundary events and of the event subprocesses in it. All of them are
 * evaluated before the first is opened. `concerns` limits it to some of the events that would be triggered.
 */
export function subscribe(
  run: Run,
  instance: ElementInstance,
  element: ElementModel,
  concerns: (elementId: string) => boolean = () => true,
): void {
  const catchers = catchersOf(run, instance, element).filter(({ elementId }) => concerns(elementId))
  const opens = catchers.flatMap((catcher) => {
    const open = catchTypeOf(catcher.event).watch?.(run, instance, catcher, catcher.event)
    return open === undefined ? [] : [{ type: catcher.event.type, open }]
  })
  for (const type of catchOrder) for (const one of opens) if (one.type === type) one.open()
}
