import type { FileDiff } from '../operations/zoo-cfg/fmt.ts'
import { printable, type Style } from './style.ts'

/** The lines that change, as in a unified diff without context. */
export function fmtText(diffs: readonly FileDiff[], style: Style): string {
  return diffs
    .map(
      ({ file, before, after }) =>
        `${style.color.bold(printable(file))}\n${[...changes(before, after, style)].join('')}`,
    )
    .join('')
}

/** Formatting keeps the order, so equal lines are found by walking both. */
function* changes(before: readonly string[], after: readonly string[], style: Style): Generator<string> {
  const removed = (line: string) => `${style.color.red(`-${printable(line)}`)}\n`
  const added = (line: string) => `${style.color.green(`+${printable(line)}`)}\n`
  const next = new Map<string, number[]>()
  for (const [i, line] of after.entries()) next.set(line, [...(next.get(line) ?? []), i])
  let at = 0
  const pending: string[] = []
  for (const line of before) {
    const same = next.get(line)?.find((i) => i >= at && i < at + NEAR)
    if (same === undefined) {
      pending.push(removed(line))
      continue
    }
    yield* pending.splice(0)
    yield* after.slice(at, same).map(added)
    at = same + 1
  }
  yield* pending
  yield* after.slice(at).map(added)
}

/** A line further away than this is another one that reads the same. */
const NEAR = 20
