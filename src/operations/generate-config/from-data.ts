/*
 * --from-data: what a data directory says about the load. The tree is that of snapshot and logs at their end; the write
 * rate is the busiest minute in the logs, since what is sized by it must hold then, too.
 */
import { basename } from 'node:path'
import type { SizingFacts } from '../../config/profiles/facts.ts'
import { mib } from '../../config/profiles/sizing.ts'
import type { Finding } from '../../support/finding.ts'
import { hex64 } from '../../support/hex.ts'
import type { Progress } from '../../support/progress.ts'
import { logPlaces, openTree } from '../open-tree.ts'
import { statLogs } from '../stat-log.ts'

export interface FromDataOptions {
  /** A data directory, or its version-2. */
  readonly place: string
  /** Where the logs lie when they lie apart. */
  readonly logDir: string | undefined
  /** The servers' `jute.maxbuffer` in bytes. */
  readonly juteMaxbuffer: number
  readonly signal: AbortSignal
  readonly progress: Progress
}

export interface DataFacts {
  readonly facts: Partial<SizingFacts>
  readonly findings: readonly Finding[]
}

/** Throws as openTree and statLogs do. */
export async function factsFromData(options: FromDataOptions): Promise<DataFacts> {
  const { place, logDir, juteMaxbuffer, signal, progress } = options
  const opened = await openTree({ place, logDir, juteMaxbuffer, signal, progress })
  const { nodes, ephemerals, sessions } = opened.tree.counts()
  const dataBytes = opened.tree.approximateDataSize()
  const places = await logPlaces(place, logDir)
  const shared = { filter: {}, top: 1, depth: 1, exact: false, juteMaxbuffer, signal, progress }
  const stat = places.length === 0 ? undefined : await statLogs({ places, ...shared })
  const { peakMinute: busiest = null, mean = null } = stat?.rates ?? {}
  // logs of some seconds have no whole minute
  const writesPerSecond = busiest === null ? null : Math.max(Math.round(busiest.txns / 6) / 10, mean ?? 0)
  const txnBytes = stat === undefined || stat.txns === 0 ? null : Math.ceil(stat.bytes / stat.txns)
  const at = opened.zxid === null ? '' : ` at ${hex64(opened.zxid)}`
  const tree = `${basename(opened.snapshot.file)} and ${counted(opened.logs.length, 'log')} behind it${at}: ${counted(nodes + 1, 'znode')}, ${mib(dataBytes)} of paths and data, ${counted(ephemerals, 'ephemeral')}, ${counted(sessions, 'session')}`
  const rate =
    busiest === null
      ? 'no transactions'
      : `${counted(stat!.txns, 'transaction')} of ${txnBytes} B, ${mean}/s on average, ${busiest.txns} in the busiest minute (${busiest.time})`
  return {
    facts: {
      ...{ dataBytes, znodes: nodes + 1, ephemerals, sessions, writesPerSecond, txnBytes },
      from: `${place}: ${tree}; ${rate}`,
    },
    findings: [...opened.findings, ...(stat?.findings ?? [])].filter(({ severity }) => severity !== 'info'),
  }
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}
