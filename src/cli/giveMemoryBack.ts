import { Script } from 'node:vm'

/**
 * Lets V8 collect garbage some seconds after the work has ended, and give the memory back: for a program that runs for long. Of itself it
 * never would, or after minutes: V8 13 (Node.js 24 and later, crbug.com/570738027) takes it for much that nothing was allocated on the heap that objects of
 * C++ lie on, and of Node.js's own only scripts of node:vm do. One a minute is forgotten slowly enough. A library leaves that to its program.
 */
export function giveMemoryBack(): void {
  allocate()
  setInterval(allocate, 60_000).unref()
}

function allocate(): void {
  new Script('')
}
