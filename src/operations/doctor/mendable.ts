/* Whether damaged logs can be put right from what is there, or from other members, so that nothing is lost. */
import { type LogFile, logFile } from '../../datadir/log-files.ts'
import { openRanges } from '../../datadir/range-reader.ts'
import { LOG_HEADER_BYTES } from '../../formats/txnlog/header.ts'
import { planPatch } from '../log-repair/patch.ts'
import { holesOf, type Rejected, type Salvaged, salvageAll } from '../log-repair/salvaged.ts'
import type { ReadLogsOptions } from '../read-logs.ts'

type Options = Omit<ReadLogsOptions, 'places'>

/** Every record is proven, and what is none of them lies behind the last and was no whole one. */
export async function isMendable(files: readonly string[], options: Options): Promise<boolean> {
  const salvaged = await salvageAll(files.map(logFile), options)
  if (holesOf(salvaged).length > 0) return false
  for (const one of salvaged) if (!(await isWhole(one, options.signal))) return false
  return true
}

async function isWhole({ survey, chain, rejected }: Salvaged, signal: AbortSignal): Promise<boolean> {
  const end = chain.at(-1)?.to
  if (end === undefined) return false
  for (const range of rejected) {
    // zeros between records that follow each other hid nothing, and every server writes the same header
    if (range.from < end && !range.zero && range.to > LOG_HEADER_BYTES) return false
    if (range.from >= end && (await wasRecord(survey.log, range, signal))) return false
  }
  return true
}

/** A length that leads to an end mark: a record was written to its end here, and may have been acknowledged. */
export async function wasRecord({ file }: LogFile, { from, to }: Rejected, signal: AbortSignal): Promise<boolean> {
  if (to - from < LEAST_RECORD) return false
  const reader = await openRanges(file, signal)
  const bytes = async (at: number, count: number) => {
    const parts: Buffer[] = []
    await reader.copy(at, at + count, async (piece) => void parts.push(Buffer.from(piece)))
    return Buffer.concat(parts)
  }
  try {
    const end = from + 12 + (await bytes(from, 12)).readUInt32BE(8)
    return end > from + 12 && end < to && (await bytes(end, 1))[0] === END_MARK
  } finally {
    await reader.close()
  }
}

const LEAST_RECORD = 12 + 32 + 1
const END_MARK = 0x42

/** The other directories together have every record that is missing between those that are there. */
export async function isPatchable(
  files: readonly string[],
  peers: readonly string[],
  output: string,
  options: Options,
): Promise<boolean> {
  if (peers.length === 0 || files.length === 0) return false
  const { refused, plan, findings } = await planPatch({ ...options, places: files, peers, output })
  return refused === null && plan.steps.length > 0 && !findings.some(({ code }) => code === 'log.lost')
}
