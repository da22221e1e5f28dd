/*
 * What a salvage says: what is lost and where, what was put right, and what is proved of the result.
 */
import type { SnapshotSurvey } from '../../formats/snapshot/salvage/survey.ts'
import type { Finding } from '../../support/finding.ts'
import { hex64 } from '../../support/hex.ts'
import type { Choice } from './choose.ts'
import type { Intact } from './intact.ts'

/** Ranges that are told one by one. */
const MOST_TOLD = 100

export function salvageFindings(intact: Intact, choice: Choice, closed: ReadonlyMap<bigint, number>): Finding[] {
  const { survey, snapshot } = intact
  const { file } = snapshot
  const at = { file }
  return [
    ...packedFindings(intact),
    ...frontFindings(survey, file),
    ...lostFindings(survey, file),
    ...orphanFindings(survey, choice, file),
    ...listFindings(closed, file),
    ...sessionFindings(survey, choice, file),
    ...mendedFindings(intact),
    ...filledFindings(choice),
    {
      code: choice.proof.verdict === 'complete' ? 'snapshot.proved' : 'snapshot.unproved',
      severity: choice.proof.verdict === 'complete' ? 'info' : 'warning',
      message: choice.proof.text,
      ...at,
      evidence: { verdict: choice.proof.verdict, by: choice.proof.by, nodes: choice.preview.nodes },
      ...(choice.proof.verdict === 'complete' ? {} : { remedy: REMEDY }),
    },
  ]
}

const REMEDY =
  'Give an older snapshot and the logs from it on (--from, --logs). For a member of a healthy ensemble a resync is right.'

function packedFindings({ packed, snapshot, compression }: Intact): Finding[] {
  const behind = compression === 'gzip' ? ', and nothing behind it can be unpacked' : ''
  return packed.slice(0, MOST_TOLD).map(({ from, to, why }) => ({
    code: 'snapshot.packed-lost',
    severity: 'error',
    message: `bytes ${from} to ${to} of the packed file cannot be unpacked: ${why}${behind}`,
    file: snapshot.file,
    offset: from,
    evidence: { from, to },
    remedy: REMEDY,
  }))
}

const PARTS = { sessions: 'the session list', acls: 'the table of access lists' } as const
const STATES = {
  mended: 'is mended: its count is put right by what follows',
  partial: 'can be read in part only',
  lost: 'cannot be read',
} as const

function frontFindings({ front, hasRoot, nodesAt }: SnapshotSurvey, file: string): Finding[] {
  const findings: Finding[] = []
  if (front.header === 'mended') {
    findings.push(mended(file, 0, 'the header is not what servers write; the result gets the usual one', 'header'))
  }
  for (const part of ['sessions', 'acls'] as const) {
    const state = front[part]
    if (state === 'whole') continue
    const message = `${PARTS[part]} ${STATES[state]}`
    if (state === 'mended') findings.push(mended(file, 16, message, part))
    else
      findings.push({ code: 'snapshot.lost', severity: 'error', message, file, offset: 16, evidence: { part, state } })
  }
  if (!hasRoot) {
    const message = 'the root is lost: its counters, and whatever value and access list it had'
    findings.push({
      code: 'snapshot.lost',
      severity: 'error',
      message,
      file,
      offset: nodesAt,
      path: '/',
      remedy: REMEDY,
    })
  }
  return findings
}

function lostFindings({ lost }: SnapshotSurvey, file: string): Finding[] {
  const told = lost.slice(0, MOST_TOLD).map(({ from, to, after, before, says }): Finding => {
    const between = `${after === null ? 'the beginning' : after} and ${before === null ? 'the end' : before}`
    const said = says === null ? '' : `; it says that it is ${says}`
    const what = from === to ? 'something is missing' : `bytes ${from} to ${to} are no intact znodes`
    return {
      code: 'snapshot.lost',
      severity: 'error',
      message: `${what}, between ${between}${said}`,
      file,
      offset: from,
      ...(says === null ? {} : { path: says }),
      evidence: { from, to, after, before },
      remedy: REMEDY,
    }
  })
  const more = lost.length - told.length
  if (more === 0) return told
  const bytes = lost.slice(MOST_TOLD).reduce((sum, { from, to }) => sum + to - from, 0)
  const message = `${more} more ranges are lost, ${bytes} B`
  return [...told, { code: 'snapshot.lost', severity: 'error', message, file, offset: lost[MOST_TOLD]!.from }]
}

function orphanFindings({ runs, lostParents }: SnapshotSurvey, { filled }: Choice, file: string): Finding[] {
  const nodes = runs.reduce((sum, run) => sum + (run.kind === 'orphans' ? run.nodes : 0), 0)
  if (nodes === 0) return []
  const names = [...lostParents].slice(0, 10)
  const where = filled === null ? '; they go into a file of their own, which zkops snapshot dump reads' : ''
  return [
    {
      code: 'snapshot.lost-parent',
      severity: filled === null ? 'error' : 'info',
      message: `${nodes} intact ${nodes === 1 ? 'znode lies' : 'znodes lie'} below lost ones: ${names.join(' ')}${where}`,
      file,
      ...(names[0] === undefined ? {} : { path: names[0] }),
      evidence: { nodes, lost: names },
      remedy: REMEDY,
    },
  ]
}

function listFindings(closed: ReadonlyMap<bigint, number>, file: string): Finding[] {
  if (closed.size === 0) return []
  const nodes = [...closed.values()].reduce((sum, count) => sum + count, 0)
  const refs = [...closed.keys()].slice(0, 10).map(hex64)
  return [
    {
      code: 'snapshot.acl-lost',
      severity: 'error',
      message: `${closed.size} access lists are lost: ${nodes} znodes get one that lets in nobody but the superuser`,
      file,
      evidence: { lists: refs, nodes },
      remedy: 'Set their access lists anew as the superuser, or give an older snapshot and the logs from it on.',
    },
  ]
}

function sessionFindings({ front }: SnapshotSurvey, { preview, filled }: Choice, file: string): Finding[] {
  const { unknownSessions } = preview
  if (front.sessions !== 'lost' || filled?.replayed === true || unknownSessions.size === 0) return []
  const nodes = [...unknownSessions.values()].reduce((sum, count) => sum + count, 0)
  return [
    {
      code: 'snapshot.ephemeral-without-session',
      severity: 'warning',
      message: `sessions are lost: ${nodes} ephemerals of ${unknownSessions.size} sessions go when a standalone server or a leader starts`,
      file,
      evidence: { sessions: [...unknownSessions.keys()].slice(0, 10).map(hex64), nodes },
    },
  ]
}

function mendedFindings({ seals, survey, snapshot: { file } }: Intact): Finding[] {
  const { trailer, bytes } = survey
  if (trailer === null) return []
  const findings: Finding[] = []
  if (seals.tree && seals.wrong > 0) {
    const message = `${seals.wrong} of what follows the znodes is damaged; the znodes are proved by a seal, so it is put right`
    findings.push(mended(file, trailer.offset, message, 'trailer'))
  }
  const end = trailer.offset + trailer.bytes
  if (bytes > end) findings.push(mended(file, end, `${bytes - end} bytes behind the end are left out`, 'junk'))
  return findings
}

function filledFindings({ filled, notFilled }: Choice): Finding[] {
  if (notFilled !== null) {
    const message = `nothing is taken from the older snapshot: ${notFilled}`
    return [
      {
        code: 'snapshot.not-filled',
        severity: 'warning',
        message,
        remedy: 'See that the logs reach from the older snapshot to this one.',
      },
    ]
  }
  if (filled === null) return []
  const { comparison, added, replaced, replayed, older } = filled
  const { same, newer, other, firstOther } = comparison
  const file = older.restored.snapshot?.file
  const rest = newer === 0 ? '' : `, ${newer} hold effects of transactions behind it, which come again with the logs`
  const findings: Finding[] = [
    {
      code: 'snapshot.filled',
      severity: 'info',
      message: replayed
        ? `the tree is that of an older snapshot and the logs: ${same} intact znodes are the same there${rest}; ${added} are filled in, ${replaced} put right`
        : `${added} znodes and ${replaced} values are taken from the older snapshot, and the stored digest is met`,
      ...(file === undefined ? {} : { file }),
      evidence: { same, newer, added, replaced },
    },
  ]
  const changed = comparison.changed.values().next().value?.path ?? firstOther
  if (replaced > 0 && changed != null) {
    findings.push({
      code: 'snapshot.altered',
      severity: 'warning',
      message: `${replaced} znodes that look intact are not: ${changed} first`,
      path: changed,
      evidence: { values: comparison.changed.size, others: replayed ? other : 0 },
    })
  }
  return findings
}

function mended(file: string, offset: number, message: string, wrong: string): Finding {
  return { code: 'snapshot.mended', severity: 'info', message, file, offset, evidence: { wrong } }
}
