/** Whether a number's text denotes exactly what is written again once it was read: `1.0` and `1e2` do, 20 digits or `1e400` do not. */
export function survives(text: string): boolean {
  // A double keeps any 15 digits (IEEE 754), and only an exponent leads out of its range.
  if (text.length <= 15 && !text.includes('e') && !text.includes('E')) return true
  const number = Number(text)
  const again = String(number)
  return again === text || (Number.isFinite(number) && decimalOf(again) === decimalOf(text))
}

/** One spelling for each value of a JSON number: digits without zeros around them, and the power of ten of the last one. */
function decimalOf(text: string): string {
  const [, sign, whole, fraction = '', exponent = '0'] = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text)!
  const digits = `${whole}${fraction}`.replace(/^0+/, '')
  const significant = digits.replace(/0+$/, '')
  if (significant === '') return '0'
  return `${sign}${significant}e${Number(exponent) - fraction.length + digits.length - significant.length}`
}

/** Whether a number is a whole multiple of another as both are written: 4.35 is one of 0.01, and a quotient of doubles 434.99999999999994. */
export function isMultipleOf(number: number, divisor: number): boolean {
  const [one, other] = [wholeOf(number), wholeOf(divisor)]
  const power = Math.min(one.power, other.power)
  return (one.digits * 10n ** BigInt(one.power - power)) % (other.digits * 10n ** BigInt(other.power - power)) === 0n
}

/** The digits of a number, and the power of ten of the last one. */
function wholeOf(number: number): { digits: bigint; power: number } {
  const [, whole, fraction = '', exponent = '0'] = /^(-?\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(number))!
  return { digits: BigInt(`${whole}${fraction}`), power: Number(exponent) - fraction.length }
}
