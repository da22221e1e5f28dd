/*
 * A record is found without trusting the framing: four zero bytes (the upper half of its checksum), a plausible length,
 * 'B' at its end, the checksum, a body that fits its type.
 */
import { TABLE_ROWS } from '../kernel/kernel.ts'
import type { Window } from './scan.ts'

/**
 * Searches from the window's head on. Leaves the head at the first valid record, with it and the records behind it in
 * the kernel's table, and returns how many there are; 0 at the end of the input. `more` reads on (window.more).
 */
export async function findRecords(
  window: Window,
  limit: number,
  more: () => Promise<boolean> = () => window.more(),
): Promise<number> {
  const { kernel } = window
  for (;;) {
    const at = kernel.search(window.head, window.fill, limit)
    if (at + 12 > window.fill) {
      // the last 11 bytes may be the beginning of a head
      window.head = Math.max(window.head, Math.min(at, window.fill - 11))
      if (await more()) continue
      window.head = window.fill
      return 0
    }
    window.head = at
    const length = new DataView(kernel.bytes().buffer).getUint32(at + 8)
    if (at + 13 + length > window.fill && !window.ended) {
      await more()
      continue
    }
    const count = kernel.frame(at, window.fill, limit, TABLE_ROWS)
    if (count > 0) return count
    window.head = at + 1
  }
}
