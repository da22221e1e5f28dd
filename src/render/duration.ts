/* Spans of time for people. */

const STEPS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
] as const

/** `3 d`, `5 h`, `12 min`, `40 s`: the largest unit that fits, rounded down. */
export function spanText(ms: number): string {
  const [unit, size] = STEPS.find(([, step]) => ms >= step) ?? ['ms', 1]
  return `${Math.floor(ms / size)} ${unit}`
}
