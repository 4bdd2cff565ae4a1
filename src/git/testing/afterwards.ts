import type { TestContext } from 'node:test'

/** As `t.after`, but what came last goes first: what is open is closed before its folder goes. */
export function afterwards(t: TestContext, action: () => Promise<unknown>): void {
  const actions = cleanups.get(t)
  if (actions) return void actions.push(action)
  const first = [action]
  cleanups.set(t, first)
  t.after(async () => {
    for (const each of first.reverse()) await each()
  })
}

const cleanups = new WeakMap<TestContext, (() => Promise<unknown>)[]>()
