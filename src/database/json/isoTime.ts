/** The time as ISO 8601 in UTC: `2026-01-01T00:00:00.000Z`. `time`: milliseconds since 1970. Of one millisecond it is made once. */
export function isoTime(time: number): string {
  if (time !== lastTime) {
    lastText = new Date(time).toISOString()
    lastTime = time
  }
  return lastText
}

let lastTime = 0
let lastText = new Date(0).toISOString()
