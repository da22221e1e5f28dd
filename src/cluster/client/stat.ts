import type { NativeStat } from './load.ts'

/** A znode's stat as clients see it. Zxids are exact below 2^53: up to epoch 2,097,151. Times in milliseconds. */
export interface ZnodeStat {
  readonly czxid: bigint
  readonly mzxid: bigint
  readonly pzxid: bigint
  readonly ctime: bigint
  readonly mtime: bigint
  readonly version: number
  readonly cversion: number
  readonly aversion: number
  /** Signed, as stored. */
  readonly ephemeralOwner: bigint
  readonly dataLength: number
  readonly numChildren: number
}

export function statOf(stat: NativeStat): ZnodeStat {
  const { version, cversion, aversion, dataLength, numChildren } = stat
  return {
    ...{ czxid: BigInt(stat.czxid), mzxid: BigInt(stat.mzxid), pzxid: BigInt(stat.pzxid) },
    ...{ ctime: BigInt(stat.ctime.getTime()), mtime: BigInt(stat.mtime.getTime()) },
    ...{ version, cversion, aversion, dataLength, numChildren },
    ephemeralOwner: BigInt.asIntN(64, BigInt(`0x${stat.ephemeralOwner}`)),
  }
}
