import type { Finding } from '../../support/finding.ts'
import type { LargeRecord } from './largest.ts'
import type { Rates } from './rates.ts'

export interface Counted {
  readonly count: number
  readonly bytes: number
}

/** How much more than its count a key may really have; absent when the count is exact. */
export interface Estimated extends Counted {
  readonly maxMissed?: number
}

export interface ErrorCount {
  /** Null when a failed operation holds its old body instead of a code. */
  readonly code: number | null
  readonly name: string | null
  readonly count: number
}

export interface StatFile {
  readonly file: string
  /** Records that were counted. */
  readonly txns: number
  /** Size of the whole file, after decompression. */
  readonly bytes: number
  /** Offset behind the last readable record, after decompression. */
  readonly usedBytes: number
  /** On disk; null for a pipe. */
  readonly apparentBytes: number | null
  readonly allocatedBytes: number | null
}

/** Quotients are null where there is nothing to divide by. */
export interface Amplification {
  /** Znode data in creates and setData, inside multis too. */
  readonly dataBytes: number
  /** Bytes of records for each byte of data. */
  readonly recordsPerData: number | null
  /** Bytes on disk for each byte of the files up to their last record. */
  readonly allocatedPerUsed: number | null
}

export interface StatLogResult {
  readonly txns: number
  readonly bytes: number
  readonly fromZxid: bigint | null
  readonly toZxid: bigint | null
  readonly firstTime: string | null
  readonly lastTime: string | null
  readonly byType: readonly ({ readonly type: string } & Counted)[]
  /** Operations inside multis. */
  readonly byOp: readonly { readonly type: string; readonly count: number }[]
  readonly depth: number
  readonly byPrefix: readonly ({ readonly prefix: string } & Estimated)[]
  readonly paths: readonly ({ readonly path: string } & Estimated)[]
  readonly sessions: readonly ({ readonly session: bigint } & Estimated)[]
  /** Failed requests: error records. */
  readonly errors: readonly ErrorCount[]
  /** Failed operations inside multis. */
  readonly failedOps: readonly ErrorCount[]
  readonly largest: readonly LargeRecord[]
  readonly rates: Rates
  /** Different ones; null when they are not all known. */
  readonly distinct: {
    readonly paths: number | null
    readonly prefixes: number | null
    readonly sessions: number | null
  }
  /** The most that one can have which is in none of the lists because it was not held; 0 when all are known. */
  readonly maxMissed: { readonly paths: number; readonly prefixes: number; readonly sessions: number }
  /** Every count is exact. */
  readonly exact: boolean
  readonly files: readonly StatFile[]
  readonly amplification: Amplification
  readonly findings: readonly Finding[]
  /** False when a log is damaged beyond a torn tail of the last one: exit 3. */
  readonly readable: boolean
}
