import type { VerifySnapshotResult } from '../operations/verify-snapshot.ts'
import { hex64 } from '../support/hex.ts'
import { findingText } from './findings.ts'
import { proofText } from './snapshot-show.ts'
import { printable, type Style } from './style.ts'

/** What the snapshot is, then the findings, then the verdict. */
export function snapshotVerifyText(result: VerifySnapshotResult, style: Style): string {
  const { file, compression, format, nodes, sessions, acls, digest, lastZxid, fuzzy, nameZxid, verdict, proof } = result
  const form = compression === 'none' ? '' : `, ${compression}`
  const lines = [
    `${printable(file)}  format ${format}${form}`,
    `  ${nodes} nodes, ${sessions} sessions, ${acls} access lists`,
    nameZxid === null ? undefined : `  taken at ${hex64(nameZxid)}${verdict === 'valid' ? fuzzyText(fuzzy) : ''}`,
    digest === null ? undefined : `  ${digestText(digest)}`,
    lastZxid === null ? undefined : `  last zxid ${hex64(lastZxid)}`,
    proof === undefined ? undefined : `  with the logs: ${proofText(proof, style)}`,
  ]
  const paint = verdict === 'valid' ? style.color.green : style.color.red
  const server = result.serverAccepts ? 'a server loads it' : 'a server does not load it'
  return [
    ...lines.filter((line) => line !== undefined).map((line) => `${line}\n`),
    ...result.findings.map((finding) => findingText(finding, style)),
    `${paint(verdict)}: ${server}\n`,
  ].join('')
}

function fuzzyText(fuzzy: VerifySnapshotResult['fuzzy']): string {
  return fuzzy === null ? '' : `, fuzzy: transactions up to ${hex64(fuzzy.toZxid)} went on while it was written`
}

function digestText({ stored, zxid, match, computed }: NonNullable<VerifySnapshotResult['digest']>): string {
  const verdict =
    match === true
      ? 'fits'
      : match === false
        ? 'does not fit'
        : computed === null
          ? 'was not checked'
          : 'need not fit this tree'
  return `digest ${hex64(stored)} of ${hex64(zxid)} ${verdict}`
}
