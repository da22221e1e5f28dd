/*
 * The data tree of a server in a memory of its own: loads the nodes of a snapshot, applies the records of logs, keeps the
 * tree digest. Snapshot and log bytes are read straight into this memory, records are framed here by the log kernel's own
 * functions, so nothing is copied but names and access lists.
 *
 *   memory => static data, table of records, read buffer, heap (rows, lists, tables)
 *
 * ../plain-tree.ts is the same in JavaScript: for runtimes without SIMD, and the tests' second opinion.
 */
import { frame, stopAt, stopKind } from '../../../formats/kernel/assembly/index'
import { adler32, endOfNonZero, search } from '../../../formats/kernel/assembly/scan'
import { aclId, openAcls } from './acls'
import { openApply } from './apply'
import { makeTables } from './crc'
import { openHeap } from './heap'
import { ACL } from './layout'
import { openLoad } from './load'
import { openNodes } from './nodes'
import { openRows } from './rows'
import { openSessions } from './sessions'

export { adler32, endOfNonZero, frame, search, stopAt, stopKind }
export { aclBucketCount, aclBuckets, addAcl, purgeAcls } from './acls'
export { deleteRow, ignoredBad, ignoredNodeExists, ignoredNoNode, ignoredRest } from './apply'
export { full, heapEnd } from './heap'
export { highestTime, highestZxid, loadNodes, loadStop } from './load'
export { findPath, slotCount, slotTable } from './lookup'
export { listMissingAt, setRules, setSource } from './nodes'
export { pathAt, writePath } from './paths'
export {
  applied,
  compared,
  expectedDigest,
  firstZxid,
  highestBefore,
  lastTime,
  lastZxid,
  mismatches,
  openReplay,
  replay,
  replayStop,
  setMatching,
  snapshotDigest,
  undigested,
} from './replay'
export {
  charset,
  containerNodes,
  digestIn,
  digestWithPzxid,
  ephemeralNodes,
  nextOf,
  nodes,
  notAsciiNodes,
  pathUnits,
  setTypes,
  treeDigest,
  ttlNodes,
  valueBytes,
} from './rows'
export { putSession, sessionCapacity, sessionCount, sessionTable } from './sessions'

/** Starts over with an empty tree; the heap begins at `heap`. */
export function open(heap: u32): bool {
  const pages = <i32>((<u64>heap + 0xffff + 0x10000) >> 16) - memory.size()
  if (pages > 0 && memory.grow(pages) < 0) return false
  makeTables()
  openHeap(heap)
  openRows()
  openAcls()
  openSessions()
  openLoad()
  openApply()
  openNodes()
  return true
}

/** The id of a row's access list. */
export function aclOf(row: u32): i64 {
  return aclId(load<u32>(row + ACL))
}
