import { minOf } from '../../support/bigint.ts'
import { ZkopsError } from '../../support/errors.ts'
import type { Finding } from '../../support/finding.ts'
import { hex64 } from '../../support/hex.ts'
import type { ReadLogsOptions } from '../read-logs.ts'
import { restore } from '../restore.ts'
import type { ComparedMember } from './compare.ts'

export interface ComparedTree {
  readonly directory: string
  readonly zxid: bigint
  /** Null when it cannot be restored there. */
  readonly digest: bigint | null
}

/** The first transaction of a standalone server, and of an ensemble. */
const FIRST_OF_ALL: ReadonlySet<bigint> = new Set([1n, 0x1_0000_0001n])

/** The trees at the highest zxid that all reach, one after the other. */
export async function compareTrees(
  members: readonly ComparedMember[],
  { juteMaxbuffer, signal, progress }: Omit<ReadLogsOptions, 'places'>,
  findings: Finding[],
): Promise<readonly ComparedTree[]> {
  const zxid = members.map(({ reach }) => reach.lastZxid).reduce(minOf)
  const trees: ComparedTree[] = []
  for (const { directory, place, reach } of members) {
    try {
      const { tree } = await restore({
        snapshots: [place.snapshots],
        logs: [place.logs],
        until: { zxid },
        // 3.4 wrote no snapshot at its start: logs from the very first transaction on are as good
        trustEmpty: FIRST_OF_ALL.has(reach.logs[0]?.nameZxid ?? -1n),
        juteMaxbuffer,
        signal,
        progress,
      })
      trees.push({ directory, zxid, digest: tree.digest() })
    } catch (error) {
      if (!(error instanceof ZkopsError) || !error.code.startsWith('input.')) throw error
      const message = `its tree at ${hex64(zxid)} cannot be restored: ${error.message}`
      findings.push({ code: 'compare.no-tree', severity: 'warning', message, file: directory, zxid })
      trees.push({ directory, zxid, digest: null })
    }
  }
  const digests = new Set(trees.flatMap(({ digest }) => (digest === null ? [] : [digest])))
  if (digests.size > 1) {
    const message = `the trees at ${hex64(zxid)} differ: ${trees.map(({ directory, digest }) => `${directory} ${digest === null ? '-' : hex64(digest)}`).join(', ')}`
    findings.push({
      code: 'compare.trees-differ',
      severity: 'error',
      message,
      zxid,
      remedy: 'zkops snapshot diff names the paths. Let the one that stands alone resync.',
    })
  }
  return trees
}
