import type { Key } from '../../key.ts'
import type { ElementInstance } from '../rows.ts'
import type { State } from '../state.ts'

export function changeElement(state: State, key: Key, change: Partial<ElementInstance>): void {
  state.elements.put({ ...state.elements.get(key)!, ...change })
}
