/*
 * data compare: members' directories against each other.
 *
 * 1. The logs of every pair are compared record by record (compare-logs/).
 * 2. Up to where a directory agrees with a majority of those given is what was committed for certain, if they are all
 *    members; what it has beyond was not committed by these (judge-members.ts).
 * 3. Who would win an election is told by currentEpoch, last zxid and id, in this order, among those that start; which
 *    one is the truth by sound logs, agreement with a majority, and that order.
 * 4. When asked, the trees at the highest zxid that all reach are restored and their digests compared.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { maxOf, minOf } from '../../support/bigint.ts'
import { ZkopsError } from '../../support/errors.ts'
import type { Finding } from '../../support/finding.ts'
import { noProgress } from '../../support/progress.ts'
import { type CompareLogsResult, compareLogs } from '../compare-logs/compare.ts'
import { type EpochOptions, type EpochRow, type MemberEpochs, readMembers, rowOf } from '../epoch/inspect.ts'
import type { ReadLogsOptions } from '../read-logs.ts'
import { type ComparedTree, compareTrees } from './compare-trees.ts'
import { judgeMembers } from './judge-members.ts'
import { rootOf } from './place.ts'

export interface ComparedPair {
  readonly a: string
  readonly b: string
  readonly verdict: CompareLogsResult['verdict']
  readonly common: CompareLogsResult['common']
  readonly different: number
  readonly firstDifference: CompareLogsResult['firstDifference']
}

export interface ComparedDirectory extends EpochRow {
  readonly myid: number | null
  readonly snapshot: string | null
  readonly firstLoggedZxid: bigint | null
  readonly loggedRecords: number
  /** Logs are readable to their end, and no other directory has records that are missing inside them. */
  readonly sound: boolean
  /** Up to here a majority of the directories has the same transactions. */
  readonly agreedTo: bigint | null
  /** What it has beyond; never committed if the directories are all members. */
  readonly tail: { readonly fromZxid: bigint; readonly toZxid: bigint } | null
}

export interface CompareDataResult {
  /** The worst of all pairs. */
  readonly verdict: CompareLogsResult['verdict']
  /** What all of them hold. */
  readonly common: CompareLogsResult['common']
  readonly firstDifference: { readonly zxid: bigint; readonly path: string | null } | null
  readonly only: readonly (CompareLogsResult['only'][number] & { readonly lacking: string })[]
  /** Null when none starts, or two are equal. */
  readonly wouldWin: string | null
  /** The directory to go on with; null when that cannot be told from these. */
  readonly truth: string | null
  readonly why: string
  readonly directories: readonly ComparedDirectory[]
  readonly pairs: readonly ComparedPair[]
  /** Null when it was not asked for. */
  readonly trees: readonly ComparedTree[] | null
  readonly findings: readonly Finding[]
}

export interface CompareDataOptions extends EpochOptions {
  readonly trees: boolean
}

export interface ComparedMember extends MemberEpochs {
  readonly directory: string
  readonly myid: number | null
  readonly row: EpochRow
}

export interface MemberPair {
  readonly a: ComparedMember
  readonly b: ComparedMember
  readonly logs: CompareLogsResult
}

/** Throws `input.*` when a directory or a log cannot be opened, `usage` for fewer than two directories. */
export async function compareData(options: CompareDataOptions): Promise<CompareDataResult> {
  const findings: Finding[] = []
  const members: ComparedMember[] = []
  const read = await readMembers(options, 'whole')
  if (read.length < 2) throw new ZkopsError('usage', 'Give two directories or more to compare')
  for (const member of read) {
    const found = rowOf(
      member,
      read.filter((other) => other !== member),
    )
    findings.push(...found.findings)
    members.push({ ...member, directory: member.place.directory, myid: await myidOf(member), row: found.row })
  }
  const pairs = await comparePairs(members, options, findings)
  const judged = judgeMembers(members, pairs)
  const trees = options.trees ? await compareTrees(members, options, findings) : null
  const differences = pairs.flatMap(({ logs: { firstDifference } }) =>
    firstDifference === null ? [] : [firstDifference],
  )
  const first = differences.sort((x, y) => (x.zxid < y.zxid ? -1 : 1))[0]
  return {
    verdict: worst(pairs),
    common: commonOf(pairs),
    firstDifference: first === undefined ? null : { zxid: first.zxid, path: first.path },
    only: pairs.flatMap(({ a, b, logs }) =>
      logs.only.map((run) => {
        const [where, lacking] = run.where === a.place.logs ? [a, b] : [b, a]
        return { ...run, where: where.directory, lacking: lacking.directory }
      }),
    ),
    ...judged.verdict,
    directories: judged.directories,
    pairs: pairs.map(({ a, b, logs: { verdict, common, compared, firstDifference } }) => {
      return { a: a.directory, b: b.directory, verdict, common, different: compared.different, firstDifference }
    }),
    trees,
    findings: [...findings, ...judged.findings],
  }
}

async function comparePairs(
  members: readonly ComparedMember[],
  options: Omit<ReadLogsOptions, 'places'>,
  findings: Finding[],
): Promise<MemberPair[]> {
  const pairs: MemberPair[] = []
  for (const [i, a] of members.entries()) {
    for (const b of members.slice(i + 1)) {
      try {
        const sides = [a, b].map(({ place }) => ({ where: place.logs, data: place.snapshots }))
        const logs = await compareLogs([sides[0]!, sides[1]!], { ...options, progress: noProgress })
        pairs.push({ a, b, logs })
        // gaps and copies are told of each log once, by log verify
        findings.push(...logs.findings.filter(({ code }) => code.startsWith('diff.') && !code.startsWith('diff.form-')))
      } catch (error) {
        if (!(error instanceof ZkopsError) || error.code !== 'input.no-logs') throw error
        const message = `cannot be compared with ${b.directory === error.file ? a.directory : b.directory}: ${error.message}`
        findings.push({ code: 'compare.no-logs', severity: 'warning', message, file: error.file! })
      }
    }
  }
  return pairs
}

const WORSE = ['identical', 'prefix', 'hole', 'diverged'] as const

function worst(pairs: readonly MemberPair[]): CompareLogsResult['verdict'] {
  const most = Math.max(0, ...pairs.map(({ logs }) => WORSE.indexOf(logs.verdict)))
  return WORSE[most]!
}

function commonOf(pairs: readonly MemberPair[]): CompareLogsResult['common'] {
  let common: CompareLogsResult['common'] = pairs[0]?.logs.common ?? null
  for (const { logs } of pairs.slice(1)) {
    if (common === null || logs.common === null) return null
    const fromZxid: bigint = maxOf(logs.common.fromZxid, common.fromZxid)
    const toZxid: bigint = minOf(logs.common.toZxid, common.toZxid)
    common = { fromZxid, toZxid }
  }
  return common === null || common.toZxid < common.fromZxid ? null : common
}

async function myidOf({ place }: MemberEpochs): Promise<number | null> {
  const text = await readFile(join(rootOf(place.snapshots), 'myid'), 'utf8').catch(() => '')
  return /^\d{1,10}\s*$/.test(text) ? Number(text) : null
}
