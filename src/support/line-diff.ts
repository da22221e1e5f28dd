export interface DiffLine {
  readonly sign: '-' | '+'
  readonly text: string
}

/** Cells of the table; what needs more is shown as replaced as a whole. */
const MOST_CELLS = 1 << 20

/** The lines that differ between two texts, in order, by their longest common subsequence. */
export function lineDiff(before: readonly string[], after: readonly string[]): DiffLine[] {
  let start = 0
  while (start < before.length && start < after.length && before[start] === after[start]) start++
  let end = 0
  const most = Math.min(before.length, after.length) - start
  while (end < most && before.at(-1 - end) === after.at(-1 - end)) end++
  const left = before.slice(start, before.length - end)
  const right = after.slice(start, after.length - end)
  if (left.length * right.length > MOST_CELLS) return [...signed('-', left), ...signed('+', right)]
  return walk(left, right)
}

function walk(left: readonly string[], right: readonly string[]): DiffLine[] {
  const width = right.length + 1
  // the longest common subsequence of what is left from (i, j) on
  const longest = new Uint32Array((left.length + 1) * width)
  for (let i = left.length - 1; i >= 0; i--) {
    for (let j = right.length - 1; j >= 0; j--) {
      const at = i * width + j
      longest[at] =
        left[i] === right[j] ? longest[at + width + 1]! + 1 : Math.max(longest[at + width]!, longest[at + 1]!)
    }
  }
  const lines: DiffLine[] = []
  let i = 0
  let j = 0
  while (i < left.length || j < right.length) {
    if (i < left.length && left[i] === right[j]) {
      i++
      j++
    } else if (
      i < left.length &&
      (j === right.length || longest[(i + 1) * width + j]! >= longest[i * width + j + 1]!)
    ) {
      lines.push({ sign: '-', text: left[i++]! })
    } else lines.push({ sign: '+', text: right[j++]! })
  }
  return lines
}

function signed(sign: '-' | '+', lines: readonly string[]): DiffLine[] {
  return lines.map((text) => ({ sign, text }))
}
