/**
 * Memory that threads share. V8 does not count it among what collecting garbage may free, so that it is also for what is large and held
 * as long as its owner: 64 MiB of other memory make V8 look through the whole heap, which took half of the time of the first answers
 * after a start. The system gives it as it is written to.
 */
export function sharedBuffer(length: number): Buffer<SharedArrayBuffer> {
  return Buffer.from(new SharedArrayBuffer(length))
}

/** The same of so many words of 32 bits: zeros. */
export function sharedWords(count: number): Uint32Array<SharedArrayBuffer> {
  return new Uint32Array(new SharedArrayBuffer(count * 4))
}
