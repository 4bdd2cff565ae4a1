import { adler32 } from './adler32.ts'

/**
 * Inflates a small zlib stream (RFC 1950, 1951) that begins there and holds `size` bytes; nothing where it does not, or is
 * larger: zlib says then what it makes of it. For some hundred bytes zlib's own set-up takes several times as long as the work.
 */
export function inflateSmall(source: Buffer, start: number, size: number): Buffer | undefined {
  if (size > mostInflated || !isZlibHead(source, start)) return undefined
  const stream = new Inflate(source, start + 2, size)
  const end = stream.run()
  if (end < 0 || end + 4 > source.length || source.readUInt32BE(end) !== adler32(stream.output)) return undefined
  return stream.output
}

/** RFC 1950 §2.2: deflate, no preset dictionary, a multiple of 31. */
function isZlibHead(source: Buffer, at: number): boolean {
  const [method, flags] = [source[at]!, source[at + 1]!]
  return (method & 0x0f) === 8 && (flags & 0x20) === 0 && ((method << 8) | flags) % 31 === 0
}

const longestCode = 15
/** Codes up to so many bits are looked up: all of the fixed ones. */
const mostTableBits = 9
const mostLiterals = 286
const mostDistances = 30
const mostSymbols = mostLiterals + mostDistances

/** One stream. Short codes are looked up, long ones read a bit at a time, as Mark Adler's puff does it. */
class Inflate {
  readonly output: Buffer
  readonly #source: Buffer
  #at: number
  #filled = 0
  /** Bits that were read from the source and are not used yet, and how many. */
  #bits = 0
  #count = 0
  #isBad = false

  constructor(source: Buffer, at: number, size: number) {
    this.#source = source
    this.#at = at
    this.output = Buffer.allocUnsafe(size)
  }

  /** Where the stream ends; -1 where it is not as it should be. */
  run(): number {
    for (let isLast = false; !isLast; ) {
      isLast = this.#take(1) === 1
      const type = this.#take(2)
      if (type === 0) this.#copyStored()
      else if (type === 1) this.#inflate(fixedLiterals, fixedDistances)
      else if (type === 2 && this.#readCodes()) this.#inflate(literals, distances)
      else return -1
      if (this.#isBad) return -1
    }
    // What is left of the last byte is thrown away; whole bytes that were read ahead are not.
    return this.#filled === this.output.length ? this.#at - (this.#count >> 3) : -1
  }

  /** The next bits, at most 16, lowest first; behind the end of the source there are zeros, and it is bad. */
  #take(count: number): number {
    if (this.#count < count) this.#fill()
    const bits = this.#bits & ((1 << count) - 1)
    this.#bits >>>= count
    this.#count -= count
    if (this.#count < 0) this.#isBad = true
    return bits
  }

  /** Reads ahead: at least 25 bits, where there are so many. */
  #fill(): void {
    const source = this.#source
    let count = this.#count
    let at = this.#at
    let bits = this.#bits
    for (; count <= 24 && at < source.length; count += 8) bits |= source[at++]! << count
    this.#bits = bits
    this.#count = count
    this.#at = at
  }

  #copyStored(): void {
    this.#at -= this.#count >> 3
    this.#bits = 0
    this.#count = 0
    const length = this.#take(16)
    const isSame = (this.#take(16) ^ 0xffff) === length
    if (!isSame || this.#at + length > this.#source.length || this.#filled + length > this.output.length)
      this.#isBad = true
    else this.#source.copy(this.output, this.#filled, this.#at, this.#at + length)
    this.#at += length
    this.#filled += length
  }

  /** RFC 1951 §3.2.7: the codes of this block. Whether they are good. */
  #readCodes(): boolean {
    const literalCount = this.#take(5) + 257
    const distanceCount = this.#take(5) + 1
    const lengthCount = this.#take(4) + 4
    if (literalCount > mostLiterals || distanceCount > mostDistances) return false
    lengths.fill(0)
    for (let place = 0; place < lengthCount; place++) lengths[lengthOrder[place]!] = this.#take(3)
    used.count = 0
    for (let symbol = 0; symbol < lengths.length; symbol++) used.add(symbol, lengths[symbol]!)
    if (!lengthCodes.set(used, 0, lengthOrder.length)) return false
    if (!this.#readLengths(literalCount + distanceCount)) return false
    return literals.set(used, 0, literalCount) && distances.set(used, literalCount, literalCount + distanceCount)
  }

  #readLengths(count: number): boolean {
    used.count = 0
    let last = 0
    for (let place = 0; place < count; ) {
      const symbol = this.#symbol(lengthCodes)
      if (symbol < 0 || this.#isBad) return false
      if (symbol < 16) {
        last = symbol
        used.add(place++, symbol)
        continue
      }
      if (symbol === 16 && place === 0) return false
      const times = symbol === 16 ? 3 + this.#take(2) : symbol === 17 ? 3 + this.#take(3) : 11 + this.#take(7)
      const end = place + times
      if (end > count) return false
      if (symbol !== 16) last = 0
      if (last === 0) place = end
      else while (place < end) used.add(place++, last)
    }
    return true
  }

  /** The next symbol of a code; -1 where there is none. */
  #symbol(code: Code): number {
    if (this.#count < longestCode) this.#fill()
    const entry = code.table[this.#bits & code.mask]!
    if (entry === 0) return this.#longSymbol(code)
    const length = entry & 15
    this.#bits >>>= length
    this.#count -= length
    if (this.#count < 0) this.#isBad = true
    return entry >> 4
  }

  /** Codes of a length are consecutive numbers, behind the shorter ones'. */
  #longSymbol({ counts, symbols }: Code): number {
    let code = 0
    let first = 0
    let index = 0
    for (let length = 1; length <= longestCode; length++) {
      code |= this.#take(1)
      const count = counts[length]!
      if (code - count < first) return symbols[index + code - first]!
      index += count
      first = (first + count) << 1
      code <<= 1
    }
    return -1
  }

  #inflate(literals: Code, distances: Code): void {
    const { output } = this
    while (!this.#isBad) {
      const symbol = this.#symbol(literals)
      if (symbol === endOfBlock) return
      if (symbol >= 0 && symbol < endOfBlock && this.#filled < output.length) output[this.#filled++] = symbol
      else if (symbol < endOfBlock || !this.#repeat(symbol - endOfBlock - 1, distances)) break
    }
    this.#isBad = true
  }

  /** Copies what came before; whether that can be. */
  #repeat(symbol: number, distances: Code): boolean {
    if (symbol >= lengthBases.length) return false
    const length = lengthBases[symbol]! + this.#take(lengthBits[symbol]!)
    const place = this.#symbol(distances)
    if (place < 0 || place >= distanceBases.length) return false
    const distance = distanceBases[place]! + this.#take(distanceBits[place]!)
    const { output } = this
    const end = this.#filled + length
    if (distance > this.#filled || end > output.length) return false
    for (let at = this.#filled; at < end; at++) output[at] = output[at - distance]!
    this.#filled = end
    return true
  }
}

/** The symbols of one or two codes that have a code at all, and how long it is: most have none. */
class UsedSymbols {
  readonly symbols = new Uint16Array(mostSymbols)
  readonly lengths = new Uint8Array(mostSymbols)
  count = 0

  add(symbol: number, length: number): void {
    if (length === 0) return
    this.symbols[this.count] = symbol
    this.lengths[this.count++] = length
  }
}

/**
 * A Huffman code (RFC 1951 §3.2.2): how many symbols each length has, the symbols in the order of their codes, and for each value
 * of the next bits the symbol that they begin with, times 16, and its length; 0 where that is longer.
 */
class Code {
  readonly counts = new Uint16Array(longestCode + 1)
  readonly symbols: Uint16Array
  readonly table = new Uint16Array(1 << mostTableBits)
  /** Of the bits by which a symbol is looked up. */
  mask = 0

  constructor(most: number) {
    this.symbols = new Uint16Array(most)
  }

  /** Takes the code of the used symbols from one to before another, counted from the first; whether there is one. */
  set({ symbols: from, lengths, count }: UsedSymbols, first: number, end: number): boolean {
    const { counts, symbols } = this
    counts.fill(0)
    let used = 0
    for (let place = 0; place < count; place++) {
      if (from[place]! < first || from[place]! >= end) continue
      counts[lengths[place]!]!++
      used += 1
    }
    let left = 1
    offsets[1] = 0
    for (let length = 1; length <= longestCode; length++) {
      left = 2 * left - counts[length]!
      if (left < 0) return false
      offsets[length + 1] = offsets[length]! + counts[length]!
    }
    for (let place = 0; place < count; place++) {
      const symbol = from[place]!
      if (symbol >= first && symbol < end) symbols[offsets[lengths[place]!]!++] = symbol - first
    }
    this.#fillTable()
    // Only a code of a single symbol may leave codes unused.
    return left === 0 || used <= 1
  }

  /** Codes are read from their highest bit on, bytes from their lowest. No more of the table is filled than the longest code asks for. */
  #fillTable(): void {
    const { counts, symbols, table } = this
    let tableBits = mostTableBits
    while (tableBits > 1 && counts[tableBits] === 0) tableBits--
    const size = 1 << tableBits
    this.mask = size - 1
    table.fill(0, 0, size)
    let code = 0
    let place = 0
    for (let length = 1; length <= tableBits; length++, code <<= 1) {
      for (let left = counts[length]!; left > 0; left--, code++) {
        const entry = (symbols[place++]! << 4) | length
        const start = reversed[code]! >> (mostTableBits - length)
        for (let at = start; at < size; at += 1 << length) table[at] = entry
      }
    }
  }
}

/** Numbers of that many bits with their bits the other way round. */
const reversed = Uint16Array.from({ length: 1 << mostTableBits }, (_, number) => {
  let bits = 0
  for (let at = 0; at < mostTableBits; at++) bits |= ((number >> at) & 1) << (mostTableBits - 1 - at)
  return bits
})

const endOfBlock = 256
const used = new UsedSymbols()
const offsets = new Uint16Array(longestCode + 2)
const literals = new Code(288)
const distances = new Code(32)
/** Of the lengths of the others' codes. */
const lengthCodes = new Code(19)
const lengths = new Uint8Array(19)

/** RFC 1951 §3.2.6: not all of these symbols may be met. */
const fixedLiterals = new Code(288)
const fixedDistances = new Code(32)
for (let symbol = 0; symbol < 288; symbol++)
  used.add(symbol, symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8)
fixedLiterals.set(used, 0, 288)
used.count = 0
for (let symbol = 0; symbol < 32; symbol++) used.add(symbol, 5)
fixedDistances.set(used, 0, 32)

const lengthOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
/** RFC 1951 §3.2.5 */
const lengthBases = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
]
const lengthBits = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0]
const distanceBases = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1_025, 1_537, 2_049, 3_073, 4_097,
  6_145, 8_193, 12_289, 16_385, 24_577,
]
const distanceBits = [0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13]

/** Bytes: zlib is quicker with more. */
const mostInflated = 1_024
