import { findLogs } from '../../datadir/log-files.ts'
import { logsFrom } from '../../datadir/snapshot-files.ts'
import { createKernel } from '../../formats/kernel/create.ts'
import { decodeTxn } from '../../formats/txnlog/decode.ts'
import { zxidAt } from '../../formats/txnlog/scan.ts'
import { type ReadLogsOptions, readLogFiles } from '../read-logs.ts'

/** The digest of the whole tree behind a transaction, as a log of 3.6 and later tells it. */
export interface LogDigest {
  readonly value: bigint
  readonly file: string
}

/** Null where no log has that transaction with a digest. Throws `input.*`. */
export async function logDigest(zxid: bigint, options: ReadLogsOptions): Promise<LogDigest | null> {
  if (options.places.length === 0) return null
  const wanted = BigInt.asIntN(64, zxid)
  const logs = logsFrom((await findLogs(options.places)).logs, wanted)
  for await (const part of readLogFiles(createKernel(), logs, {}, options)) {
    if (part.kind === 'end') continue
    for (let i = 0; i < part.count; i++) {
      const here = zxidAt(part, i)
      if (here < wanted) continue
      const at = part.table[2 * i]! + 12
      const digest = here > wanted ? null : decodeTxn(part.bytes, at, at + part.table[2 * i + 1]!).digest
      if (here > wanted || digest?.version !== 2) return null
      return { value: BigInt.asUintN(64, digest.value), file: part.log.file }
    }
  }
  return null
}
