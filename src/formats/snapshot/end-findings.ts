/*
 * What the end of a snapshot tells: where reading stopped, seals, what lies behind them, name and blocks.
 */
import type { Finding } from '../../support/finding.ts'
import { hex64 } from '../../support/hex.ts'
import type { ReadProblem, SnapshotEnd } from './scan.ts'
import { fits } from './trailer.ts'

export interface EndContext {
  readonly file: string
  readonly nameZxid: bigint | null
  /** Path of the last complete node. */
  readonly lastPath: string | undefined
  /** Why it could not be unpacked to its end. */
  readonly broken: string | null
}

const RESORT = 'Use an older snapshot with the logs from it on, or let the member resync; never start on this one.'

export function snapshotEndFindings(end: SnapshotEnd, context: EndContext): Finding[] {
  const { file, broken } = context
  const unpacking: Finding[] =
    broken === null
      ? []
      : [
          {
            code: 'snapshot.compression',
            severity: 'error',
            message: `the compressed file cannot be unpacked to its end: ${broken}`,
            file,
            offset: end.bytes,
            remedy: RESORT,
          },
        ]
  return [
    ...unpacking,
    ...(end.problem === null ? [] : [problemFinding(end.problem, end, context)]),
    ...nullAclFindings(end, file),
    ...trailerFindings(end, context),
  ]
}

/** Nothing is missing, in the way or unsealed. */
export function isWhole({ problem, trailer, nullAcl, nullAclText, bytes }: SnapshotEnd): boolean {
  if (problem !== null || nullAcl !== null || nullAclText !== null || trailer === null) return false
  return !trailer.cut && trailer.seals.every(fits) && bytes === trailer.offset + trailer.bytes
}

const SECTIONS = {
  header: 'its header',
  sessions: 'its sessions',
  acls: 'its access lists',
  nodes: 'its nodes',
} as const

function problemFinding(problem: ReadProblem, end: SnapshotEnd, { file, lastPath }: EndContext): Finding {
  const { kind, section, offset, value } = problem
  const at = { file, offset, ...(section === 'nodes' && lastPath !== undefined ? { path: lastPath } : {}) }
  const evidence = { readNodes: end.nodes, bytes: end.bytes }
  switch (kind) {
    case 'truncated':
      return {
        code: 'snapshot.truncated',
        severity: 'error',
        message: `the snapshot ends inside ${SECTIONS[section]}${lastPath === undefined ? '' : `, behind ${end.nodes} nodes`}`,
        ...at,
        evidence,
        remedy: RESORT,
      }
    case 'magic':
      return {
        code: 'snapshot.magic',
        severity: 'error',
        message: 'the file does not begin with a snapshot header (ZKSN)',
        ...at,
        evidence: { magic: (value! >>> 0).toString(16).padStart(8, '0') },
        remedy: RESORT,
      }
    case 'length':
      return {
        code: 'snapshot.length',
        severity: 'error',
        message: `a length or count of ${value} cannot be: what follows is not readable`,
        ...at,
        evidence,
        remedy: RESORT,
      }
    case 'null-path':
      return {
        code: 'snapshot.null-path',
        severity: 'error',
        message: 'a node has no path: servers do not start',
        ...at,
        evidence,
        remedy: 'Move the snapshot away before a start: servers do not go on to an older one.',
      }
  }
}

function nullAclFindings({ nullAcl, nullAclText }: SnapshotEnd, file: string): Finding[] {
  const where = nullAcl ?? nullAclText
  if (where === null) return []
  return [
    {
      code: 'snapshot.acl-null',
      severity: 'error',
      message: `access list ${where.ref} ${nullAcl === null ? 'has a null scheme or id' : 'is null'}: servers do not start`,
      file,
      offset: where.offset,
      remedy: 'Move the snapshot away before a start: servers do not go on to an older one.',
    },
  ]
}

function trailerFindings(end: SnapshotEnd, { file, nameZxid, broken }: EndContext): Finding[] {
  const { trailer } = end
  if (trailer === null) return []
  const findings: Finding[] = []
  for (const [i, seal] of trailer.seals.entries()) {
    if (fits(seal)) continue
    findings.push({
      code: 'snapshot.seal',
      severity: 'error',
      message: `seal ${i + 1} of ${trailer.seals.length} does not fit: something before it is damaged, or the seal is`,
      file,
      offset: trailer.offset + seal.at,
      evidence: { stored: hex64(seal.stored), computed: hex64(BigInt(seal.computed)), ended: seal.ended },
      remedy: RESORT,
    })
    // later ones cover this one
    break
  }
  if (trailer.cut && broken === null) {
    findings.push({
      code: 'snapshot.truncated',
      severity: 'error',
      message: `the snapshot ends inside ${trailer.seals.length === 0 ? 'its seal' : 'the blocks behind its nodes'}`,
      file,
      offset: end.bytes,
      evidence: { readNodes: end.nodes, bytes: end.bytes },
      remedy: RESORT,
    })
  }
  const behind = trailer.offset + trailer.bytes
  if (end.bytes > behind) {
    findings.push({
      code: 'snapshot.junk-behind-end',
      severity: 'error',
      message: `${end.bytes - behind} bytes that are no part of the snapshot lie behind its end`,
      file,
      offset: behind,
      remedy: 'Find out what wrote them. Up to its last seal the snapshot is whole.',
    })
  }
  if (trailer.lastZxid !== null && trailer.digest === null) {
    findings.push({
      code: 'snapshot.flags',
      severity: 'warning',
      message: 'it has a last zxid and no digest: servers with digests on (the default from 3.6 on) do not read it',
      file,
      offset: trailer.offset,
      remedy: 'Start servers with zookeeper.digest.enabled=false, as it was written.',
    })
  }
  const { digest } = trailer
  const known = digest === null || digest.zxid <= 0n ? trailer.lastZxid : digest.zxid
  // the first zxid of an epoch, which names no transaction, is what a new leader begins with
  if (nameZxid !== null && known !== null && known < nameZxid && (nameZxid & 0xffffffffn) !== 0n) {
    findings.push({
      code: 'snapshot.name-mismatch',
      severity: 'warning',
      message: `the name says ${hex64(nameZxid)}, the snapshot was taken at ${hex64(known)}: servers go by the name and skip the transactions between`,
      file,
      zxid: known,
      remedy: `While the server is stopped rename it to snapshot.${known.toString(16)}, if there is none.`,
    })
  }
  return findings
}
