/*
 * What an intact node can be, whatever server wrote it. Only what no release ever writes counts against one, so that no
 * intact node is turned down:
 *
 *   path     begins with "/", ends with none, no empty name, "." or "..", no control characters, UTF-8 (PathUtils)
 *   data     null, empty, or a length that is believed
 *   acl      -1, or a small number; the table may be what is damaged, and fuzzy snapshots have nodes with later lists
 *   stat     zxids that are not negative and not far beyond the snapshot's; mzxid and pzxid not below czxid; times from 1970
 *            to the year 2248
 */
import { AFTER_DATA_BYTES, STAT } from './node.ts'

export interface NodeBounds {
  /** The longest string that is believed. */
  readonly most: number
  /** The highest epoch that a zxid may have. */
  readonly mostEpoch: number
  /** The highest reference of the table. */
  readonly lastAcl: number
}

const SLASH = 0x2f
const DOT = 0x2e
/** Access lists that may come up while a snapshot is written. */
const MOST_NEW_ACLS = 1 << 12
const MOST_ACLS = 1 << 24
/** The upper word of 2^43 ms. */
const LAST_TIME = 1 << 11

export function plausiblePath(bytes: Uint8Array, from: number, to: number): boolean {
  if (to - from < 2 || bytes[from] !== SLASH || bytes[to - 1] === SLASH) return false
  let nameAt = from + 1
  for (let at = from + 1; at <= to; at++) {
    const byte = at === to ? SLASH : bytes[at]!
    if (byte === SLASH) {
      if (at === nameAt || isDots(bytes, nameAt, at)) return false
      nameAt = at + 1
    } else if (byte < 0x20 || byte === 0x7f) return false
    else if (byte >= 0x80) {
      const more =
        byte >= 0xc2 && byte < 0xe0 ? 1 : byte >= 0xe0 && byte < 0xf0 ? 2 : byte >= 0xf0 && byte < 0xf5 ? 3 : 0
      if (more === 0 || at + more >= to) return false
      for (let i = 1; i <= more; i++) if ((bytes[at + i]! & 0xc0) !== 0x80) return false
      at += more
    }
  }
  return true
}

/** What no path has, in a part of one. */
export function hasControls(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (bytes[at]! < 0x20 || bytes[at] === 0x7f) return true
  return false
}

function isDots(bytes: Uint8Array, from: number, to: number): boolean {
  return to - from <= 2 && bytes[from] === DOT && bytes[to - 1] === DOT
}

/** `at`: of the ACL reference, which the stat follows. */
export function plausibleStat(view: DataView, at: number, { lastAcl, mostEpoch }: NodeBounds): boolean {
  const high = view.getUint32(at)
  const low = view.getUint32(at + 4)
  if (high === 0xffffffff) {
    if (low !== 0xffffffff) return false
  } else if (high !== 0 || low === 0 || low > Math.max(MOST_ACLS, lastAcl + MOST_NEW_ACLS)) return false
  if (view.getUint32(at + STAT.ctime) >= LAST_TIME || view.getUint32(at + STAT.mtime) >= LAST_TIME) return false
  if (view.getUint32(at + STAT.mzxid) > mostEpoch || view.getUint32(at + STAT.pzxid) > mostEpoch) return false
  return notBelow(view, at + STAT.mzxid, at + STAT.czxid) && notBelow(view, at + STAT.pzxid, at + STAT.czxid)
}

function notBelow(view: DataView, one: number, other: number): boolean {
  const difference = view.getUint32(one) - view.getUint32(other)
  return difference > 0 || (difference === 0 && view.getUint32(one + 4) >= view.getUint32(other + 4))
}

/** Where a node that begins at `at` with a path of `pathLength` ends; undefined when its data cannot be so long. */
export function nodeEnd(view: DataView, at: number, pathLength: number, most: number): number | undefined {
  const length = view.getInt32(at + 4 + pathLength)
  if (length < -1 || length > most) return undefined
  return at + 8 + pathLength + Math.max(0, length) + AFTER_DATA_BYTES
}
