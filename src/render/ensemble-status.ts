import type { MemberHealth } from '../operations/ensemble/member-status.ts'
import type { QuorumView } from '../operations/ensemble/quorum.ts'
import type { EnsembleStatus } from '../operations/ensemble/status.ts'
import { hex64 } from '../support/hex.ts'
import { countText, sizeText } from './amounts.ts'
import { spanText } from './duration.ts'
import { findingText } from './findings.ts'
import type { Style } from './style.ts'
import { tableText } from './table.ts'

interface Whole {
  readonly quorum: QuorumView
  readonly unseenVoters: number
  readonly hasQuorum: boolean
  readonly standalone: boolean
  readonly leader: number | null
  readonly leaderUptimeMs: number | null
  readonly members: readonly MemberHealth[]
}

/** The sentence that matters: `3 of 3 voters synced; can lose 1; leader 2 since 3 d`. */
export function ensembleSentence(whole: Whole): string {
  const { quorum, unseenVoters, hasQuorum, standalone, leader, leaderUptimeMs, members } = whole
  if (members.every(({ via }) => via === null)) return 'no member answers'
  if (standalone) return 'one server, standalone'
  const { serving, voters, needed, canLose } = quorum
  const since = leaderUptimeMs === null ? '' : ` since ${spanText(leaderUptimeMs)}`
  const lead = members.some(({ state }) => state === 'leading') ? `leader ${leader ?? '?'}${since}` : 'no leader seen'
  const synced = `${serving} of ${voters} voters synced${unseenVoters === 0 ? '' : `, ${unseenVoters} not seen`}`
  const lost = !hasQuorum && (unseenVoters === 0 || serving + unseenVoters < needed)
  const margin = lost ? `quorum is lost: ${needed} ${needed === 1 ? 'is' : 'are'} needed` : `can lose ${canLose}`
  const known = lost || unseenVoters === 0 || canLose > 0
  return [synced, ...(known ? [margin] : []), lead].join('; ')
}

const GOOD = ['leading', 'following', 'observing', 'standalone', 'serving']

export const isGoodState = (state: string): boolean => GOOD.includes(state)

export async function ensembleStatusText(status: EnsembleStatus, style: Style): Promise<string> {
  const head = [
    ...['id', 'host', 'role', 'state', 'version', 'zxid', 'lag', 'latency', 'waiting', 'clients', 'znodes', 'watches'],
    ...['data', 'up', 'via'],
  ]
  const rows = status.members.map((member) => [
    ...memberCells(member),
    ...[count(member.outstanding), count(member.connections), count(member.znodes), count(member.watches)],
    member.dataBytes === null ? '-' : sizeText(member.dataBytes),
    member.uptimeMs === null ? '-' : spanText(member.uptimeMs),
    member.via ?? '-',
  ])
  const { color } = style
  const sentence = `${color.bold(status.ensemble)}: ${ensembleSentence(status)}\n`
  return [sentence, await tableText(head, rows, style, paintState(style)), findingsText(status, style)].join('')
}

/** `id host role state version zxid lag latency`. */
export function memberCells(member: MemberHealth): readonly string[] {
  const { id, host, clientPort, role, state, version, zxid, lag, latencyMs } = member
  return [
    id === null ? '?' : String(id),
    clientPort === null ? host : `${host}:${clientPort}`,
    role ?? '-',
    state,
    version ?? '-',
    zxid === null ? '-' : hex64(zxid),
    count(lag),
    latencyMs === null ? '-' : latencyText(latencyMs),
  ]
}

/** Three digits tell all there is to tell: `3.83 ms`, `12.5 ms`, `340 ms`. */
export function latencyText(ms: number): string {
  return `${Number(ms < 1000 ? ms.toPrecision(3) : ms.toFixed(0))} ms`
}

export const MEMBER_HEAD = ['id', 'host', 'role', 'state', 'version', 'zxid', 'lag', 'latency'] as const

const STATE_COLUMN = 3

export function paintState({ color }: Style): (text: string, column: number) => string {
  return (text, column) => {
    if (column !== STATE_COLUMN) return text
    return isGoodState(text) ? color.green(text) : color.red(text)
  }
}

function findingsText({ findings }: EnsembleStatus, style: Style): string {
  return findings.length === 0 ? '' : `\n${findings.map((finding) => findingText(finding, style)).join('')}`
}

const count = (value: number | null): string => (value === null ? '-' : countText(value))
