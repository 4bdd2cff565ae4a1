/**
 * Memory that is held as long as its owner. It is shared memory, since V8 does not count that among what collecting garbage may free:
 * 64 MiB of other memory make it look through the whole heap, which took half of the time of the first answers after a start. The
 * system gives it as it is written to.
 */
export function lastingMemory(length: number): Buffer {
  return Buffer.from(new SharedArrayBuffer(length))
}
