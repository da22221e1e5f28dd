import { basename } from 'node:path'
import type { ChainLink, DoctorResult } from '../operations/doctor/doctor.ts'
import { hex64 } from '../support/hex.ts'
import { columns, countText } from './amounts.ts'
import { findingText } from './findings.ts'
import { printable, type Style } from './style.ts'

/** One picture first: the chain and the verdict; then losses, findings and what to do. */
export function doctorText(result: DoctorResult, style: Style): string {
  const { prediction, loss, findings, remedies } = result
  const { color } = style
  const parts = [
    chainText(result, style),
    verdictText(result, style),
    loss.length === 0 ? '' : `\n${color.bold('The first start drops')}\n${lossText(result)}`,
    findings.length === 0
      ? ''
      : `\n${color.bold('Findings')}\n${findings.map((finding) => findingText(finding, style)).join('')}`,
    remedies.length === 0 ? '' : `\n${color.bold('What to do, least lossy first')}\n${remedyText(result, style)}`,
  ]
  const title = `ZooKeeper ${prediction.server}, ${prediction.role}`
  return `${color.bold(title)}\n${parts.join('')}`
}

const MARKS = {
  unicode: { used: '●', passed: '○', log: '│', 'ends-early': '╳', hole: '┆', end: '▶' },
  ascii: { used: '*', passed: 'o', log: '|', 'ends-early': 'X', hole: ':', end: '>' },
} as const

function chainText({ chain, loss, prediction }: DoctorResult, style: Style): string {
  const marks = style.unicode ? MARKS.unicode : MARKS.ascii
  const rows = chain.flatMap((link) => [
    ...(link.kind === 'log' ? holesBefore(link, loss).map((text) => [`  ${marks.hole}`, '', text]) : []),
    rowOf(link, marks),
  ])
  const reached = prediction.lastZxid === null ? [] : [[`  ${marks.end}`, hex64(prediction.lastZxid), 'reached']]
  return [...columns([...rows, ...reached])].map((line) => `${line}\n`).join('')
}

function rowOf(
  { file, kind, state, firstZxid, lastZxid, records }: ChainLink,
  marks: Record<string, string>,
): string[] {
  const name = printable(basename(file))
  if (kind === 'snapshot') {
    return [`  ${marks[state]}`, name, state === 'passed' ? 'passed over' : `loaded, ${hex64(firstZxid!)}`]
  }
  const range =
    firstZxid === null ? 'no records' : `${hex64(firstZxid)} to ${hex64(lastZxid!)}, ${countText(records)} records`
  return [`  ${state === 'used' ? marks.log : marks[state]}`, name, state === 'used' ? range : `${range}, then damage`]
}

function holesBefore({ file }: ChainLink, loss: DoctorResult['loss']): readonly string[] {
  const holes = loss.filter((one) => one.file === file && one.bytes === 0 && one.firstZxid !== null)
  return holes.slice(0, 3).map(({ firstZxid, lastZxid }) => `missing ${hex64(firstZxid!)} to ${hex64(lastZxid!)}`)
}

function verdictText({ prediction, loss }: DoctorResult, { color }: Style): string {
  const { outcome, message, nodes, digestMatches } = prediction
  const paint = outcome === 'refuses' ? color.red : loss.length > 0 ? color.yellow : color.green
  const drops = loss.length > 0 ? ', and silently drops transactions' : ''
  const tree = nodes === null ? '' : `, ${countText(nodes)} znodes as srvr counts`
  const digest = digestMatches === null ? '' : digestMatches ? ', every digest fits' : ', digests do not fit'
  return `${paint(outcome)}${drops}${tree}${digest}\n  its log: ${message === '' ? 'nothing of it' : printable(message)}\n`
}

function lossText({ loss }: DoctorResult): string {
  return loss
    .map(({ file, offset, records, firstZxid, lastZxid, why, peer }) => {
      const range = firstZxid === null ? 'unknown transactions' : `${hex64(firstZxid)} to ${hex64(lastZxid!)}`
      const count = records === null ? '' : ` (${countText(records)})`
      const at = offset === null ? '' : `, offset ${offset}`
      const has = peer === undefined ? '' : peer === null ? '; no peer has all of it' : `; ${printable(peer)} has it`
      return `  ${range}${count}: ${why} (${printable(file)}${at})${has}\n`
    })
    .join('')
}

function remedyText({ remedies }: DoctorResult, { color }: Style): string {
  return remedies
    .map(({ rank, command, loses, why }) => {
      return `  ${rank}. ${color.bold(printable(command))}\n     loses: ${loses}\n     ${why}\n`
    })
    .join('')
}
