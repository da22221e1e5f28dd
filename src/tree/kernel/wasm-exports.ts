type Global<T> = { readonly value: T }
type Call = (...args: number[]) => number

/** What assembly/index.ts exports. */
export interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer }
  readonly stopKind: Global<number>
  readonly stopAt: Global<number>
  readonly full: Global<number>
  readonly loadStop: Global<number>
  readonly replayStop: Global<number>
  readonly snapshotDigest: Global<number>
  readonly charset: Global<number>
  readonly highestZxid: Global<bigint>
  readonly highestTime: Global<bigint>
  readonly firstZxid: Global<bigint>
  readonly lastZxid: Global<bigint>
  readonly highestBefore: Global<bigint>
  readonly lastTime: Global<bigint>
  readonly applied: Global<bigint>
  readonly compared: Global<bigint>
  readonly mismatches: Global<bigint>
  readonly undigested: Global<bigint>
  readonly expectedDigest: Global<bigint>
  readonly listMissingAt: Global<bigint>
  readonly treeDigest: Global<bigint>
  readonly valueBytes: Global<bigint>
  readonly pathUnits: Global<bigint>
  readonly nodes: Global<number>
  readonly ephemeralNodes: Global<number>
  readonly containerNodes: Global<number>
  readonly ttlNodes: Global<number>
  readonly notAsciiNodes: Global<number>
  readonly sessionCount: Global<number>
  readonly ignoredNoNode: Global<number>
  readonly ignoredNodeExists: Global<number>
  readonly ignoredBad: Global<number>
  readonly ignoredRest: Global<number>
  readonly open: Call
  readonly setRules: Call
  readonly setTypes: Call
  readonly frame: Call
  readonly adler32: Call
  readonly search: Call
  readonly endOfNonZero: Call
  readonly purgeAcls: Call
  readonly setMatching: Call
  readonly replay: Call
  readonly findPath: Call
  readonly pathAt: Call
  readonly writePath: Call
  readonly slotTable: Call
  readonly slotCount: Call
  readonly sessionTable: Call
  readonly sessionCapacity: Call
  readonly aclBuckets: Call
  readonly aclBucketCount: Call
  readonly nextOf: Call
  readonly heapEnd: Call
  addAcl(id: bigint, at: number, length: number): void
  putSession(id: bigint, timeoutMs: number): void
  loadNodes(from: number, to: number, limit: number, base: bigint, source: number): number
  setSource(source: number, base: bigint): void
  openReplay(from: bigint, zxid: bigint, digest: bigint): void
  deleteRow(row: number, zxid: bigint): void
  digestIn(charset: number, keep: number): bigint
  digestWithPzxid(row: number, pzxid: bigint): number
  aclOf(row: number): bigint
}
