import { type DumpLogOptions, dumpLogs } from '../../src/operations/dump-log.ts'
import { type VerifyLogResult, verifyLogs } from '../../src/operations/verify-log.ts'
import { txnJson } from '../../src/render/txn-json.ts'
import type { Finding } from '../../src/support/finding.ts'
import { noProgress } from '../../src/support/progress.ts'

const COMMON = { juteMaxbuffer: 1_048_575, progress: noProgress }

export interface Dumped {
  readonly records: readonly Record<string, unknown>[]
  readonly findings: readonly Finding[]
  /** What decides between exit 0 and 3. */
  readonly readable: boolean
}

/** `log dump --format jsonl` in this process, parsed. */
export async function dump(places: readonly string[], options: Partial<DumpLogOptions> = {}): Promise<Dumped> {
  const records: Record<string, unknown>[] = []
  const findings: Finding[] = []
  let readable = true
  const parts = dumpLogs({ ...COMMON, places, filter: {}, signal: new AbortController().signal, ...options })
  for await (const part of parts) {
    if (part.kind === 'end') {
      findings.push(...part.findings)
      readable &&= part.readable
      continue
    }
    for (let row = 0; row < part.count; row++) {
      // as it is read back
      records.push(JSON.parse(JSON.stringify(txnJson(part, row, { data: true }))) as Record<string, unknown>)
    }
  }
  return { records, findings, readable }
}

/** `log verify` in this process. */
export function verify(places: readonly string[], juteMaxbuffer = COMMON.juteMaxbuffer): Promise<VerifyLogResult> {
  return verifyLogs({ ...COMMON, places, juteMaxbuffer, signal: new AbortController().signal })
}
