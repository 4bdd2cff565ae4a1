import { syncBuiltinESMExports } from 'node:module'
import timersPromises from 'node:timers/promises'
import type { Machine, Step } from './machine.ts'

let machine: Machine | undefined

/**
 * Has everything in this thread take its time, its timers and its chance from the machine until the work has ended. The code
 * under test is the real one, with the imports that it has: what it imports of Node is what changes.
 */
export async function onMachine<T>(on: Machine, work: () => Promise<T>): Promise<T> {
  install()
  machine = on
  try {
    return await work()
  } finally {
    machine = undefined
  }
}

const real = {
  setTimeout: globalThis.setTimeout,
  clearTimeout: globalThis.clearTimeout,
  now: performance.now.bind(performance),
  random: Math.random,
  setImmediate: globalThis.setImmediate,
  delay: timersPromises.setTimeout,
  immediate: timersPromises.setImmediate,
}

let isInstalled = false

function install(): void {
  if (isInstalled) return
  isInstalled = true
  Object.assign(globalThis, {
    setTimeout: (run: () => void, milliseconds = 0) =>
      machine ? new MachineTimer(machine, milliseconds, run) : real.setTimeout(run, milliseconds),
    clearTimeout: (timer: NodeJS.Timeout | MachineTimer | undefined) =>
      timer instanceof MachineTimer ? timer.clear() : real.clearTimeout(timer),
    setImmediate: (run: () => void) => (machine ? new MachineTimer(machine, 0, run) : real.setImmediate(run)),
  })
  performance.now = () => machine?.now ?? real.now()
  Math.random = () => (machine?.random ?? real.random)()
  Object.assign(timersPromises, { setTimeout: delay, setImmediate: immediate })
  syncBuiltinESMExports()
}

class MachineTimer {
  readonly #on: Machine
  readonly #step: Step

  constructor(on: Machine, milliseconds: number, run: () => void) {
    this.#on = on
    this.#step = on.after(milliseconds, run)
  }

  clear(): void {
    this.#on.cancel(this.#step)
  }

  unref(): this {
    return this
  }
}

function delay<T>(milliseconds = 0, value?: T, options: { signal?: AbortSignal } = {}): Promise<T | undefined> {
  if (!machine) return real.delay(milliseconds, value, options)
  const on = machine
  const { signal } = options
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason)
    const step = on.after(milliseconds, () => resolve(value))
    signal?.addEventListener('abort', () => on.cancel(step) && reject(signal.reason))
  })
}

function immediate<T>(value?: T): Promise<T | undefined> {
  return machine ? delay(0, value) : real.immediate(value)
}
