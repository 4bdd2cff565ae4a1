const segmenter = new Intl.Segmenter('und', { granularity: 'grapheme' })

/** How long the grapheme cluster is that begins there (Unicode's annex 29): what a reader takes for one character; 0 at the end. */
export function clusterAt(input: string, at: number): number {
  for (let looked = 32; ; looked *= 2) {
    const ahead = input.slice(at, at + looked)
    const [first] = segmenter.segment(ahead)
    if (first === undefined) return 0
    // what fills all that was looked at may go on
    if (first.segment.length < ahead.length || at + looked >= input.length) return first.segment.length
  }
}
