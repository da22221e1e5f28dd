/* Who would win an election, what was never committed, and which directory is the one to go on with. */
import { minOf } from '../../support/bigint.ts'
import type { Finding } from '../../support/finding.ts'
import { hex64 } from '../../support/hex.ts'
import type { CompareDataResult, ComparedDirectory, ComparedMember, MemberPair } from './compare.ts'

interface Judged {
  readonly verdict: Pick<CompareDataResult, 'wouldWin' | 'truth' | 'why'>
  readonly directories: readonly ComparedDirectory[]
  readonly findings: readonly Finding[]
}

export function judgeMembers(members: readonly ComparedMember[], pairs: readonly MemberPair[]): Judged {
  const majority = Math.floor(members.length / 2) + 1
  const rows = members.map((member): ComparedDirectory => {
    const { directory, myid, row, reach, place } = member
    const own = pairs.filter(({ a, b }) => a === member || b === member)
    const reached = [reach.lastZxid, ...own.map(agreement)].sort((x, y) => (x > y ? -1 : x < y ? 1 : 0))
    const agreedTo = reached[majority - 1] ?? 0n
    const lacks = own.some(({ logs }) => logs.only.some(({ kind, where }) => kind === 'hole' && where !== place.logs))
    const damaged = reach.findings.some(({ severity }) => severity === 'error')
    const side = own[0]?.logs.sides.find(({ where }) => where === place.logs)
    return {
      ...row,
      directory,
      myid,
      snapshot: reach.snapshot?.file ?? null,
      firstLoggedZxid: side?.firstZxid ?? null,
      loggedRecords: side?.records ?? 0,
      sound: !lacks && !damaged,
      agreedTo: agreedTo === 0n ? null : agreedTo,
      tail: reach.lastZxid > agreedTo ? { fromZxid: agreedTo + 1n, toZxid: reach.lastZxid } : null,
    }
  })
  const wouldWin = best(rows.filter(({ verdict }) => verdict !== 'refuses'))
  const told = truthOf(rows, members, pairs)
  return {
    verdict: { wouldWin: wouldWin?.directory ?? null, ...told },
    directories: rows,
    findings: [...tails(rows, majority), ...wrongWinner(wouldWin, told.truth, rows)],
  }
}

/** Up to where both have the same transactions. */
function agreement({ logs }: MemberPair): bigint {
  const { common, firstDifference, only } = logs
  if (common === null) return 0n
  const parts = only.flatMap(({ kind, after }) => (kind === 'branch' && after !== null ? [after] : []))
  const ends = [common.toZxid, ...parts]
  if (logs.compared.different > 0 && firstDifference !== null) ends.push(firstDifference.zxid - 1n)
  return ends.reduce(minOf)
}

/** FastLeaderElection.totalOrderPredicate; undefined when the first two are equal. */
function best(rows: readonly ComparedDirectory[]): ComparedDirectory | undefined {
  const sorted = [...rows].sort((a, b) => order(b, a))
  if (sorted.length > 1 && order(sorted[0]!, sorted[1]!) === 0) return undefined
  return sorted[0]
}

function order(a: ComparedDirectory, b: ComparedDirectory): number {
  const [left, right] = [a.currentEpoch ?? a.lastZxidEpoch, b.currentEpoch ?? b.lastZxidEpoch]
  if (left !== right) return left - right
  if (a.lastZxid !== b.lastZxid) return a.lastZxid > b.lastZxid ? 1 : -1
  return (a.myid ?? -1) - (b.myid ?? -1)
}

function truthOf(
  rows: readonly ComparedDirectory[],
  members: readonly ComparedMember[],
  pairs: readonly MemberPair[],
): Pick<CompareDataResult, 'truth' | 'why'> {
  const sound = rows.filter((row) => row.sound)
  if (sound.length === 0) return { truth: null, why: 'none of them is sound: each has damage or a hole' }
  const reached = sound.reduce((most, { agreedTo }) => ((agreedTo ?? 0n) > most ? agreedTo! : most), 0n)
  const candidates = sound.filter(({ agreedTo }) => (agreedTo ?? 0n) === reached)
  const isCandidate = (member: ComparedMember) => candidates.includes(rows[members.indexOf(member)]!)
  const torn = pairs.find(({ a, b, logs }) => logs.compared.different > 0 && isCandidate(a) && isCandidate(b))
  if (torn !== undefined) {
    const why = `${torn.a.directory} and ${torn.b.directory} hold two histories from ${hex64(torn.logs.firstDifference!.zxid)} on, and no majority says which one is right`
    return { truth: null, why }
  }
  // the same history: the one that has most of it, by any name when they are equal
  const [first] = [...candidates].sort((a, b) => order(b, a))
  const agreed = reached === 0n ? 'no other proves it' : `a majority agrees up to ${hex64(reached)}`
  return { truth: first!.directory, why: `sound, ${agreed}, and none that agrees has more` }
}

function tails(rows: readonly ComparedDirectory[], majority: number): Finding[] {
  return rows.flatMap(({ directory, tail }) => {
    if (tail === null) return []
    return [
      {
        code: 'compare.tail',
        severity: 'warning',
        message: `${hex64(tail.fromZxid)} to ${hex64(tail.toZxid)} are in fewer than ${majority} of the ${rows.length} directories: never committed, if these are all members`,
        file: directory,
        zxid: tail.fromZxid,
        evidence: { ...tail },
      },
    ]
  })
}

function wrongWinner(
  winner: ComparedDirectory | undefined,
  truth: string | null,
  rows: readonly ComparedDirectory[],
): Finding[] {
  if (winner === undefined || truth === null || winner.directory === truth) return []
  const right = rows.find(({ directory }) => directory === truth)!
  if (winner.sound && order(winner, right) === 0) return []
  return [
    {
      code: 'compare.wrong-winner',
      severity: 'error',
      message: `it would win an election against ${truth}, and the others would follow it`,
      file: winner.directory,
      evidence: { sound: winner.sound, currentEpoch: winner.currentEpoch, lastZxid: winner.lastZxid },
      remedy: `Keep it stopped until ${truth} leads; then wipe it and let it resync.`,
    },
  ]
}
