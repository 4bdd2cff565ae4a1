/**
 * Memory that threads share. V8 does not count it among what collecting garbage may free, so that it is also for what is large and held
 * as long as its owner: 64 MiB of other memory make V8 look through the whole heap, which took half of the time of the first answers
 * after a start. The system gives it as it is written to.
 */
export function sharedBuffer(length: number): Buffer<SharedArrayBuffer> {
  return Buffer.from(new SharedArrayBuffer(length))
}
