/*
 * A tree on one screen:
 *
 *     tree at 0x58  2026-11-23 13:36:34.843 UTC
 *       from       snapshot.45, log.46
 *       snapshot   format 3.9, 4.2 KiB, gzip, database 0x0
 *       znodes     107 (persistent 90, ephemeral 10, container 3, ttl 3)
 *       ...
 */
import type { ShownTree } from '../operations/show-snapshot.ts'
import type { TreeProof } from '../operations/tree-proof.ts'
import { hex64 } from '../support/hex.ts'
import { countText, sizeText } from './amounts.ts'
import { findingText } from './findings.ts'
import { printable, type Style } from './style.ts'
import { timeText } from './txn-json.ts'

/** More logs than this are not named. */
const MOST_LOGS = 3

export function snapshotShowText(shown: ShownTree, style: Style): string {
  const { color } = style
  const { zxid, timeMs, nodes, kinds, dataBytes, sessions, acls, digest, proof, parents } = shown
  const time = timeMs === null ? '' : `  ${clock(timeMs)}`
  const rows: readonly (readonly [string, string])[] = [
    ['from', printable(sourceText(shown))],
    ['snapshot', formText(shown)],
    ['znodes', `${countText(nodes)} as srvr counts: ${kindsText(kinds)}, and the root a second time`],
    ['data', sizeText(dataBytes)],
    ['sessions', countText(sessions)],
    ['ACLs', `${countText(acls)} lists`],
    ['digest', digest === null ? 'none in these files' : hex64(digest)],
    ['proof', proofText(proof, style)],
    ...parents.map(
      ({ path, children }, i) =>
        [i === 0 ? 'widest' : '', `${printable(path)}  ${countText(children)} children`] as const,
    ),
  ]
  return [
    `${color.bold(`tree ${zxid === null ? 'of no known zxid' : `at ${hex64(zxid)}`}`)}${time}\n`,
    ...rows.map(([name, text]) => `  ${color.dim(name.padEnd(9))} ${text}\n`),
    ...shown.findings.map((finding) => findingText(finding, style)),
  ].join('')
}

function clock(timeMs: number): string {
  return `${(timeText(BigInt(timeMs)) ?? '-').replace('T', ' ').slice(0, -1)} UTC`
}

function sourceText({ source: { snapshot, logs } }: ShownTree): string {
  if (logs.length <= MOST_LOGS) return [snapshot, ...logs].join(', ')
  return `${snapshot}, ${logs[0]} … ${logs.at(-1)} (${countText(logs.length)} logs)`
}

function formText({ format, fileBytes, compression, dbId }: ShownTree): string {
  const size = fileBytes === undefined ? '' : `, ${sizeText(fileBytes)}`
  return `format ${format}${size}${compression === 'none' ? '' : `, ${compression}`}, database ${hex64(dbId)}`
}

function kindsText(kinds: ShownTree['kinds']): string {
  return Object.entries(kinds)
    .filter(([kind, count]) => count > 0 || kind === 'persistent')
    .map(([kind, count]) => `${countText(count)} ${kind}`)
    .join(', ')
}

const SNAPSHOT_DIGEST: Readonly<Record<TreeProof['snapshotDigest'], string>> = {
  right: "the snapshot's own digest is that of its tree",
  wrong: "the snapshot's own digest is not that of its tree",
  stale: "the snapshot's own digest was outdated when it was written",
  waiting: "the snapshot's digest is of a later zxid, which is not reached",
  older: "the snapshot's digest is of an earlier zxid",
  empty: 'the snapshot holds an empty digest',
  none: 'the snapshot holds no digest',
}

export function proofText(proof: TreeProof | null, { color }: Style): string {
  if (proof === null) return 'none: these files carry no digests (they came with 3.6)'
  const { fromZxid, toZxid, txns, checked, undigested, firstMismatch, snapshotDigest } = proof
  if (firstMismatch !== null) {
    const where = firstMismatch.path === null ? '' : ` on ${printable(firstMismatch.path || '/')}`
    return color.red(`NOT proved: the digest differs from ${hex64(firstMismatch.zxid)} on${where}`)
  }
  if (txns === 0 || fromZxid === null) {
    const text = `no transactions; ${SNAPSHOT_DIGEST[snapshotDigest]}`
    return snapshotDigest === 'right' ? color.green(text) : snapshotDigest === 'wrong' ? color.red(text) : text
  }
  const range = `from ${hex64(fromZxid)} to ${hex64(toZxid)}, ${countText(txns)} transactions`
  if (checked === 0) return `replayed ${range}, none with a digest that can be compared`
  if (undigested === 0) return color.green(`verified ${range}, every digest equal`)
  return `verified in part ${range}, ${countText(checked)} digests equal, ${countText(undigested)} changes without`
}
