/**
 * A decimal number as FEEL computes with: `digits` divided by ten to the power of `scale`. 34 significant digits, halves to the even
 * neighbour (IEEE 754-2008 decimal128, as Java's `MathContext.DECIMAL128`). The scale is kept: 1.50 is written `1.50`.
 */
export class Decimal {
  readonly digits: bigint
  readonly scale: number

  constructor(digits: bigint, scale: number) {
    this.digits = digits
    this.scale = scale
  }

  toString(): string {
    const sign = this.digits < 0n ? '-' : ''
    const digits = String(abs(this.digits))
    if (this.scale === 0) return sign + digits
    const exponent = digits.length - 1 - this.scale
    if (this.scale < 0 || exponent < -6) {
      const fraction = digits.length > 1 ? `.${digits.slice(1)}` : ''
      return `${sign}${digits[0]}${fraction}E${exponent < 0 ? '' : '+'}${exponent}`
    }
    const padded = digits.padStart(this.scale + 1, '0')
    return `${sign}${padded.slice(0, -this.scale)}.${padded.slice(-this.scale)}`
  }
}

/** A number of FEEL. What is whole and small enough stays a JavaScript number: that is most, and it is fast. */
export type FeelNumber = number | Decimal

const significantDigits = 34

/** Java's scales are of 32 bits. */
const farthestScale = 2 ** 31 - 1

/** Of a number that is written out, by its author or by us. */
const mostDigits = 6_200

/** What cannot be computed, in the words of Java's `ArithmeticException`. */
export class ArithmeticFailure extends Error {}

/** Reads digits with a point and an exponent; undefined for what is none. */
export function parseDecimal(text: string): FeelNumber | undefined {
  const [all, sign, whole = '', fraction = '', exponent = '0'] =
    /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,10}))?$/.exec(text) ?? []
  const scale = fraction.length - Number(exponent)
  if (all === undefined || whole + fraction === '' || Math.abs(scale) > farthestScale) return undefined
  if (whole.length + fraction.length > mostDigits) return undefined
  const digits = BigInt(whole + fraction)
  return simplest(new Decimal(sign === '-' ? -digits : digits, scale))
}

/** As Java writes a double, such as `4.0` and `1.0E10`, read as a decimal. */
export function fromDouble(value: number): FeelNumber {
  const decimal = toDecimal(parseDecimal(String(value))!)
  const size = Math.abs(value)
  const isPlain = value === 0 || (size >= 1e-3 && size < 1e7)
  if (isPlain) return decimal.scale > 0 ? decimal : new Decimal(decimal.digits * 10n, 1)
  const least = withoutZeros(decimal.digits, decimal.scale, Number.NEGATIVE_INFINITY)
  return abs(least.digits) < 10n ? new Decimal(least.digits * 10n, least.scale + 1) : least
}

export function toDouble(value: FeelNumber): number {
  return typeof value === 'number' ? value : Number(value.toString())
}

export function isNumber(value: unknown): value is FeelNumber {
  return typeof value === 'number' || value instanceof Decimal
}

export function isWhole(value: FeelNumber): boolean {
  if (typeof value === 'number') return Number.isInteger(value)
  if (value.scale <= 0 || value.digits === 0n) return true
  return value.scale < lengthOf(value.digits) && value.digits % powerOfTen(value.scale) === 0n
}

/** The whole part, in the 32 bits that Java's `intValue` keeps. */
export function toInt(value: FeelNumber): number {
  if (typeof value === 'number')
    return Number.isSafeInteger(value) ? value | 0 : Number(BigInt.asIntN(32, BigInt(Math.trunc(value))))
  // a power of ten that large has no bits so low
  if (value.scale > lengthOf(value.digits) || value.scale <= -32) return 0
  const whole = value.scale > 0 ? value.digits / powerOfTen(value.scale) : value.digits * powerOfTen(-value.scale)
  return Number(BigInt.asIntN(32, whole))
}

export function signOf(value: FeelNumber): number {
  if (typeof value === 'number') return Math.sign(value)
  return value.digits > 0n ? 1 : value.digits < 0n ? -1 : 0
}

export function negate(value: FeelNumber): FeelNumber {
  return typeof value === 'number' ? 0 - value : new Decimal(-value.digits, value.scale)
}

export function absolute(value: FeelNumber): FeelNumber {
  return signOf(value) < 0 ? negate(value) : value
}

export function compareNumbers(a: FeelNumber, b: FeelNumber): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  if (signOf(a) !== signOf(b)) return signOf(a) - signOf(b)
  const [x, y] = [toDecimal(a), toDecimal(b)]
  const apart = magnitude(x) - magnitude(y)
  if (apart !== 0 && x.digits !== 0n) return apart * signOf(x)
  const [left, right] = aligned(x, y)
  return left < right ? -1 : left > right ? 1 : 0
}

export function add(a: FeelNumber, b: FeelNumber): FeelNumber {
  if (typeof a === 'number' && typeof b === 'number' && Number.isSafeInteger(a) && Number.isSafeInteger(b)) {
    const sum = a + b
    if (Number.isSafeInteger(sum)) return sum
  }
  const [x, y] = [toDecimal(a), toDecimal(b)]
  const scale = Math.max(x.scale, y.scale)
  if (x.digits === 0n || y.digits === 0n) return rounded(withScaleUpTo(x.digits === 0n ? y : x, scale))
  const [larger, smaller] = magnitude(x) >= magnitude(y) ? [x, y] : [y, x]
  const [left, right] = aligned(larger, nearEnough(larger, smaller))
  return rounded(new Decimal(left + right, Math.max(larger.scale, nearEnough(larger, smaller).scale)))
}

export function subtract(a: FeelNumber, b: FeelNumber): FeelNumber {
  return add(a, negate(b))
}

export function multiply(a: FeelNumber, b: FeelNumber): FeelNumber {
  if (typeof a === 'number' && typeof b === 'number' && Number.isSafeInteger(a) && Number.isSafeInteger(b)) {
    const product = a * b
    if (Number.isSafeInteger(product)) return product + 0
  }
  const [x, y] = [toDecimal(a), toDecimal(b)]
  return rounded(new Decimal(x.digits * y.digits, x.scale + y.scale))
}

/** `b` is not 0. An exact quotient has as many places as `a` has more than `b`, where those suffice. */
export function divide(a: FeelNumber, b: FeelNumber): FeelNumber {
  const [x, y] = [toDecimal(a), toDecimal(b)]
  const wanted = x.scale - y.scale
  if (x.digits === 0n) return simplest(new Decimal(0n, within(wanted)))
  const more = Math.max(significantDigits + 2 + lengthOf(y.digits) - lengthOf(x.digits), 0)
  const dividend = x.digits * powerOfTen(more)
  const quotient = dividend / y.digits
  const isExact = quotient * y.digits === dividend
  // a digit behind all others that says: not exactly a half
  const sticky = isExact ? quotient : quotient * 10n + (x.digits < 0n !== y.digits < 0n ? -1n : 1n)
  const result = round(sticky, wanted + more + (isExact ? 0 : 1), significantDigits)
  if (!isExact) return bounded(result)
  const stripped = withoutZeros(result.digits, result.scale, wanted)
  return bounded(stripped)
}

/** What is left of `a` when `b` (not 0) was taken off as often as it goes. */
export function remainder(a: FeelNumber, b: FeelNumber): FeelNumber {
  const [x, y] = [toDecimal(a), toDecimal(b)]
  if (Math.abs(magnitude(x) - magnitude(y)) > significantDigits && magnitude(x) < magnitude(y)) return a
  if (magnitude(x) - magnitude(y) > significantDigits) throw new ArithmeticFailure('Division impossible')
  const [left, right] = aligned(x, y)
  return simplest(new Decimal(left % right, Math.max(x.scale, y.scale)))
}

/** To a whole power (ANSI X3.274: with some digits more on the way). */
export function power(base: FeelNumber, exponent: number): FeelNumber {
  if (Math.abs(exponent) > 999_999_999) throw new ArithmeticFailure('Invalid operation')
  if (exponent === 0) return 1
  const precision = significantDigits + String(Math.abs(exponent)).length + 1
  let result = new Decimal(1n, 0)
  for (const bit of Math.abs(exponent).toString(2)) {
    result = round(result.digits * result.digits, result.scale * 2, precision)
    const x = toDecimal(base)
    if (bit === '1') result = round(result.digits * x.digits, result.scale + x.scale, precision)
    if (Math.abs(result.scale) > farthestScale) throw new ArithmeticFailure(result.scale > 0 ? 'Underflow' : 'Overflow')
  }
  if (exponent > 0) return bounded(round(result.digits, result.scale, significantDigits))
  if (result.digits === 0n) throw new ArithmeticFailure('Division by zero')
  return divide(1, result)
}

/** Which of its two neighbours a number between them becomes. Java's names. */
export type Rounding = 'UP' | 'DOWN' | 'CEILING' | 'FLOOR' | 'HALF_UP' | 'HALF_DOWN' | 'HALF_EVEN'

/** With so many places after the point, or before it where they are negative. */
export function withScale(value: FeelNumber, scale: number, rounding: Rounding): FeelNumber {
  const { digits, scale: has } = toDecimal(value)
  if (Math.abs(scale) > mostDigits || scale - has > mostDigits) throw new ArithmeticFailure('Overflow')
  if (scale >= has) return simplest(new Decimal(digits * powerOfTen(scale - has), scale))
  return simplest(new Decimal(quotientOf(digits, has - scale, rounding), scale))
}

export function toDecimal(value: FeelNumber): Decimal {
  if (value instanceof Decimal) return value
  return Number.isSafeInteger(value) ? new Decimal(BigInt(value), 0) : toDecimalOf(value)
}

/** A double that came from outside. */
function toDecimalOf(value: number): Decimal {
  if (Number.isInteger(value) && Math.abs(value) < 2 ** 63) return new Decimal(BigInt(value), 0)
  return fromDouble(value) as Decimal
}

function simplest(value: Decimal): FeelNumber {
  if (value.scale !== 0) return value
  const number = Number(value.digits)
  return Number.isSafeInteger(number) ? number : value
}

function rounded(value: Decimal): FeelNumber {
  return bounded(round(value.digits, value.scale, significantDigits))
}

function bounded(value: Decimal): FeelNumber {
  if (Math.abs(value.scale) > farthestScale) throw new ArithmeticFailure(value.scale > 0 ? 'Underflow' : 'Overflow')
  return simplest(value)
}

function round(digits: bigint, scale: number, precision: number): Decimal {
  const tooMany = lengthOf(digits) - precision
  if (tooMany <= 0) return new Decimal(digits, scale)
  return round(quotientOf(digits, tooMany, 'HALF_EVEN'), scale - tooMany, precision)
}

/** `digits` without the last `places` of them. */
function quotientOf(digits: bigint, places: number, rounding: Rounding): bigint {
  if (places > lengthOf(digits) + 1) return quotientOf(digits === 0n ? 0n : digits < 0n ? -1n : 1n, 2, rounding)
  const divisor = powerOfTen(places)
  const quotient = digits / divisor
  const rest = abs(digits % divisor)
  if (rest === 0n) return quotient
  const sign = digits < 0n ? -1n : 1n
  const half = rest * 2n === divisor ? 0 : rest * 2n > divisor ? 1 : -1
  return goesUp(rounding, sign, half, quotient) ? quotient + sign : quotient
}

/** Away from zero. `half`: how what is cut off compares with a half. */
function goesUp(rounding: Rounding, sign: bigint, half: number, quotient: bigint): boolean {
  switch (rounding) {
    case 'UP':
      return true
    case 'DOWN':
      return false
    case 'CEILING':
      return sign > 0n
    case 'FLOOR':
      return sign < 0n
    case 'HALF_UP':
      return half >= 0
    case 'HALF_DOWN':
      return half > 0
    case 'HALF_EVEN':
      return half > 0 || (half === 0 && quotient % 2n !== 0n)
  }
}

/** A number so much smaller that it only decides how the sum is rounded is as good as one that is near. */
function nearEnough(larger: Decimal, smaller: Decimal): Decimal {
  const far = 2 * significantDigits + lengthOf(larger.digits)
  if (magnitude(larger) - magnitude(smaller) <= far) return smaller
  return new Decimal(smaller.digits < 0n ? -1n : 1n, far - magnitude(larger))
}

function aligned(x: Decimal, y: Decimal): [bigint, bigint] {
  const scale = Math.max(x.scale, y.scale)
  return [x.digits * powerOfTen(scale - x.scale), y.digits * powerOfTen(scale - y.scale)]
}

function withScaleUpTo({ digits, scale }: Decimal, wanted: number): Decimal {
  const more = Math.min(wanted - scale, Math.max(significantDigits - lengthOf(digits), 0))
  return new Decimal(digits * powerOfTen(more), scale + more)
}

function withoutZeros(digits: bigint, scale: number, wanted: number): Decimal {
  let [least, at] = [digits, scale]
  while (at > wanted && least % 10n === 0n && least !== 0n) [least, at] = [least / 10n, at - 1]
  return new Decimal(least, at)
}

/** The power of ten of the first digit. */
function magnitude({ digits, scale }: Decimal): number {
  return lengthOf(digits) - scale
}

function within(scale: number): number {
  return Math.max(Math.min(scale, farthestScale), -farthestScale)
}

/** By its hexadecimal digits, which are quick to count. */
function lengthOf(digits: bigint): number {
  const size = abs(digits)
  let length = Math.max(Math.floor((size.toString(16).length - 1) * Math.log10(16)), 1)
  while (size >= powerOfTen(length)) length++
  return length
}

function abs(digits: bigint): bigint {
  return digits < 0n ? -digits : digits
}

function powerOfTen(exponent: number): bigint {
  return powersOfTen[exponent] ?? 10n ** BigInt(exponent)
}

const powersOfTen = Array.from({ length: 100 }, (_, exponent) => 10n ** BigInt(exponent))
