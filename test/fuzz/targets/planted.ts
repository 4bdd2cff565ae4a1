import type { Target } from '../target.ts'

/** A reader with a defect, to see that it is found. */
export const planted: Target = {
  seeds: () => [Buffer.from('nothing here')],
  words: ['bo', 'om'],
  run(input) {
    if (input.includes('boom')) throw new Error('the planted defect')
  },
}
