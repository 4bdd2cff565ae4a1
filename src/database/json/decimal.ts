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
