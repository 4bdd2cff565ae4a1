import { sharedBuffer } from './sharedBuffer.ts'

/**
 * Memory for small bytes that are kept for some seconds. `Buffer`s share blocks of 64 KiB (`Buffer.poolSize`), and one that is kept keeps
 * its block: beside what is only there for a moment that was 20 MB a second of rubbish, for which V8 collected the whole heap.
 */
export class KeptBytes {
  #block = sharedBuffer(0)
  #used = 0

  /** A copy beside others that are kept; large ones have memory of their own, and stay what they are. */
  keep(bytes: Buffer): Buffer {
    if (bytes.length > largest) return bytes
    if (this.#used + bytes.length > this.#block.length) {
      this.#block = sharedBuffer(blockSize)
      this.#used = 0
    }
    const from = this.#used
    const end = from + bytes.copy(this.#block, from)
    // V8 copies to memory that threads share word by word, and byte by byte where the words of the two do not lie alike.
    this.#used = (end + 7) & ~7
    return this.#block.subarray(from, end)
  }
}

/** Bytes. */
const blockSize = 64 << 10

/** Bytes from which on `Buffer` gives memory of its own (`Buffer.poolSize` / 2). */
const largest = blockSize / 2 - 1
