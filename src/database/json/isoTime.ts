/** The time as ISO 8601 in UTC: `2026-01-01T00:00:00.000Z`. `time`: milliseconds since 1970. What is before the milliseconds is made once a second. */
export function isoTime(time: number): string {
  const second = Math.floor(time / 1_000)
  if (second !== lastSecond) {
    lastText = new Date(second * 1_000).toISOString().slice(0, -'000Z'.length)
    lastSecond = second
  }
  return `${lastText}${String(Math.floor(time) - second * 1_000).padStart(3, '0')}Z`
}

let lastSecond = 0
let lastText = '1970-01-01T00:00:00.'
