/* Every finding of a start that was predicted: about the directory, the snapshots, the logs. */

import type { Finding, Severity } from '../../support/finding.ts'
import { hex64 } from '../../support/hex.ts'
import { nameFindings, strayFindings } from '../file-findings.ts'
import { DATA_FINDINGS } from './findings.ts'
import type { Folder } from './listing.ts'
import type { Loss } from './loss.ts'
import type { Passed } from './pick-snapshot.ts'
import type { Places } from './places.ts'
import type { Start } from './predict.ts'
import type { LoaderSettings } from './settings.ts'

export function findingsOf(
  start: Start,
  losses: readonly Loss[],
  places: Places,
  settings: LoaderSettings,
): readonly Finding[] {
  const logs = start.replayed?.logs ?? []
  const told = [
    ...logs.flatMap(({ log, firstZxid, findings }) => [...nameFindings(log, firstZxid), ...findings]),
    ...(settings.longNames ? strayFindings(start.logs) : []),
  ]
  return [
    ...refusalFindings(start, told),
    ...folderFindings(start),
    ...(start.picked?.passed ?? []).filter(({ how }) => how !== 'refuses').map(passedFinding),
    ...told,
    ...replayFindings(start, losses),
    ...deletedFindings(start, places),
    ...saveFindings(start, losses, places),
  ]
}

/** Texts of the catalogue go with what was seen. */
function finding(code: string, severity: Severity, message: string, more: Partial<Finding> = {}): Finding {
  return { code, severity, message, ...more, remedy: DATA_FINDINGS[code]!.remedy }
}

/** The reason; a log's own finding says it already. */
function refusalFindings({ refusal }: Start, told: readonly Finding[]): readonly Finding[] {
  if (refusal === null || told.some(({ code, file }) => code === refusal.code && file === refusal.file)) return []
  const { code, message, file, offset, zxid } = refusal
  const at = {
    ...(file === undefined ? {} : { file }),
    ...(offset === undefined ? {} : { offset }),
    ...(zxid === undefined ? {} : { zxid }),
  }
  if (code.startsWith('data.')) return [finding(code, 'error', `the server does not start: ${message}`, at)]
  return [{ code, severity: 'error', message: `the server does not start: ${message}`, ...at }]
}

function folderFindings({ folders, empty }: Start): readonly Finding[] {
  const each = folders.logs.path === folders.snapshots.path ? [folders.snapshots] : [folders.snapshots, folders.logs]
  const hidden = each.filter(({ state, names }: Folder) => state === 'there' && names === null)
  return [
    ...hidden.map(({ path }) =>
      finding(
        'data.unlistable',
        'error',
        'it cannot be listed: a server starts empty on it and writes over what is there',
        {
          file: path,
        },
      ),
    ),
    ...(empty && hidden.length === 0
      ? [
          finding('data.empty-start', 'warning', 'the server starts as a new and empty one', {
            file: folders.snapshots.path,
          }),
        ]
      : []),
  ]
}

const HOW = {
  skips: 'a server skips it without a word and takes an older one',
  fails: 'a server reads it, fails, and takes an older one, with ephemeral state of this one still in memory',
  unreadable: 'a server passes it over and takes an older one',
  refuses: 'a server does not start with it',
} as const

function passedFinding({ file, nameZxid, how, why, nodes }: Passed): Finding {
  if (how === 'unreadable') return finding('data.unreadable', 'error', `${HOW[how]}: ${why}`, { file, zxid: nameZxid })
  const evidence = { server: how, nodesRead: nodes }
  const severity = how === 'fails' ? 'error' : 'warning'
  return finding('data.snapshot-failed', severity, `${HOW[how]}: ${why}`, { file, zxid: nameZxid, evidence })
}

function replayFindings({ replayed, refusal }: Start, losses: readonly Loss[]): readonly Finding[] {
  if (replayed === null) return []
  const { holes, holesOmitted, repeated, digests, snapshotDigest } = replayed
  const findings = holes
    .slice(0, 20)
    .map(({ first, last, file, offset, atStart }) =>
      finding(
        'data.hole',
        'error',
        `${hex64(first)} to ${hex64(last)} are missing ${atStart ? 'right behind the snapshot: no release notices' : 'in front of this record'}`,
        { file, offset, zxid: last + 1n, ...(holesOmitted > 0 ? { evidence: { omitted: holesOmitted } } : {}) },
      ),
    )
  if (repeated > 0) {
    const message = `${repeated} records are replayed although their zxids are not above those before`
    findings.push(finding('data.repeated', 'warning', message, { evidence: { records: repeated } }))
  }
  const from = digests.firstMismatch?.zxid ?? null
  if (refusal === null && (from !== null || snapshotDigest === 'wrong')) {
    const where =
      from === null ? "the snapshot's own digest does not fit" : `digests do not match from ${hex64(from)} on`
    const evidence = { compared: digests.compared, mismatches: digests.mismatches, losses: losses.length }
    const at = { ...(from === null ? {} : { zxid: from }), evidence }
    findings.push(finding('data.digest-mismatch', 'warning', `${where}: the tree is not what was written`, at))
  }
  return findings
}

function deletedFindings({ deleted }: Start, { snapshots }: Places): readonly Finding[] {
  const { ephemerals, leaked, ttls } = deleted
  const znodes = (count: number) => (count === 1 ? '1 znode' : `${count} znodes`)
  const at = { file: snapshots }
  return [
    ...(ephemerals > 0
      ? [
          finding(
            'data.dead-ephemerals',
            'info',
            `the start deletes ${znodes(ephemerals)} of sessions that are gone`,
            at,
          ),
        ]
      : []),
    ...(ttls > 0 ? [finding('data.ttl-lost', 'error', `the start deletes ${znodes(ttls)} with a TTL`, at)] : []),
    ...(leaked > 0
      ? [
          finding(
            'data.leaked-ephemerals',
            'error',
            `the start deletes ${znodes(leaked)} for a snapshot that failed`,
            at,
          ),
        ]
      : []),
  ]
}

function saveFindings(start: Start, losses: readonly Loss[], { snapshots, logs }: Places): readonly Finding[] {
  const wrong = start.refusal === null && (start.replayed?.digests.firstMismatch ?? null) !== null
  if (losses.length === 0 && !wrong && start.deleted.leaked === 0) return []
  const folders = snapshots === logs ? [snapshots] : [snapshots, logs]
  const message = 'the first start writes a snapshot and a log over the evidence: save the files first'
  return [finding('data.save-first', 'warning', message, { file: snapshots, evidence: { folders } })]
}
