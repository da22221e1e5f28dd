import { readSync, statSync } from 'node:fs'
import { withQuietFile } from './quiet-open.ts'

const PIECE = 1 << 20

/** Whether two files hold the same, however large they are. Throws what reading them throws. */
export function sameBytes(one: string, other: string): boolean {
  if (statSync(one).size !== statSync(other).size) return false
  const pieces = [Buffer.alloc(PIECE), Buffer.alloc(PIECE)] as const
  return withQuietFile(one, (left) =>
    withQuietFile(other, (right) => {
      for (;;) {
        const counts = [readFull(left, pieces[0]), readFull(right, pieces[1])] as const
        if (counts[0] !== counts[1]) return false
        if (pieces[0].compare(pieces[1], 0, counts[1], 0, counts[0]) !== 0) return false
        if (counts[0] < PIECE) return true
      }
    }),
  )
}

function readFull(descriptor: number, into: Uint8Array): number {
  let filled = 0
  for (let count = 1; count > 0 && filled < into.length; filled += count) {
    count = readSync(descriptor, into, filled, into.length - filled, null)
  }
  return filled
}
