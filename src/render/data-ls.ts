import { basename } from 'node:path'
import type { DataLsResult, ListedFile } from '../operations/data-dir/ls.ts'
import { hex64 } from '../support/hex.ts'
import { columns, countText, sizeText } from './amounts.ts'
import { findingText } from './findings.ts'
import { printable, type Style } from './style.ts'

const DRAWN = 40

/** The files, the chain of zxids as a drawing, what a server loads, findings. */
export function dataLsText(result: DataLsResult, style: Style): string {
  const { snapshotDirectory, logDirectory, files, loads, findings } = result
  const places =
    snapshotDirectory === logDirectory
      ? `${printable(snapshotDirectory)}\n`
      : `snapshots ${printable(snapshotDirectory)}\nlogs      ${printable(logDirectory)}\n`
  return [
    style.color.bold(places),
    ...table(files).map((line) => `${line}\n`),
    ...drawing(result, style),
    `a server loads: ${loadsText(loads)}\n`,
    ...findings.map((finding) => findingText(finding, style)),
  ].join('')
}

const HEAD = ['', 'file', 'kind', 'first zxid', 'last zxid', 'records', 'used', 'on disk', 'end', 'usable']

function table(files: readonly ListedFile[]): string[] {
  const zxid = (value: bigint | null) => (value === null ? '-' : hex64(value))
  const rows = files.map((file) => [
    file.loaded ? '>' : ' ',
    printable(basename(file.file)),
    file.misplaced ? `${file.kind}, misplaced` : file.kind,
    zxid(file.firstZxid),
    zxid(file.lastZxid),
    file.records === null ? '-' : countText(file.records),
    sizeText(file.usedBytes ?? file.bytes ?? 0),
    sizeText(file.allocatedBytes ?? 0),
    file.end ?? '-',
    file.usable === null ? '-' : file.usable ? 'yes' : 'no',
  ])
  return columns([HEAD, ...rows], [5, 6, 7])
}

/** A line for each log and snapshot on one axis of zxids, where a hole takes one place however long it is. */
function drawing({ files, chain }: DataLsResult, { unicode, color }: Style): string[] {
  if (chain.length === 0) return []
  const [body, point, hole] = unicode ? ['━', '●', '╳'] : ['=', 'o', 'X']
  const drawn = files.filter(({ kind, firstZxid }) => (kind === 'log' || kind === 'snapshot') && firstZxid !== null)
  const at = axis(drawn, chain)
  const width = Math.max(...drawn.map(({ file }) => printable(basename(file)).length))
  const lines = drawn.map(({ file, kind, firstZxid, lastZxid, usable, loaded }) => {
    const from = at(firstZxid!)
    const bar = ' '.repeat(from) + (kind === 'snapshot' ? point! : body!.repeat(at(lastZxid!) - from + 1))
    const paint = usable === false ? color.red : loaded ? color.green : color.dim
    return `  ${printable(basename(file)).padEnd(width)}  ${paint(bar)}\n`
  })
  const holes = chain.slice(1).map(({ fromZxid }, i) => {
    const before = `${' '.repeat(at(chain[i]!.toZxid))}${color.red(hole)}`
    return `  ${'hole'.padEnd(width)}  ${before} between ${hex64(chain[i]!.toZxid)} and ${hex64(fromZxid)}\n`
  })
  return ['\n', ...lines, ...holes, '\n']
}

/** The column of every zxid that a file begins or ends with. */
function axis(files: readonly ListedFile[], chain: DataLsResult['chain']): (zxid: bigint) => number {
  const zxids = [...new Set(files.flatMap(({ firstZxid, lastZxid }) => [firstZxid!, lastZxid ?? firstZxid!]))].sort(
    (a, b) => (a < b ? -1 : 1),
  )
  const inHole = (zxid: bigint) => !chain.some(({ fromZxid, toZxid }) => zxid > fromZxid && zxid <= toZxid)
  const places = new Map<bigint, number>()
  let place = 0
  for (const [i, zxid] of zxids.entries()) {
    const before = zxids[i - 1]
    // nobody knows how long an older epoch was
    const oneStep = before === undefined || before >> 32n !== zxid >> 32n || inHole(zxid)
    place += oneStep ? 1 : Number(zxid - before)
    places.set(zxid, place)
  }
  return (zxid) => Math.min(DRAWN - 1, Math.floor((places.get(zxid)! * DRAWN) / (place + 1)))
}

function loadsText({ snapshot, logs, lastZxid }: DataLsResult['loads']): string {
  if (lastZxid === null) return 'nothing'
  const names = [...(snapshot === null ? [] : [snapshot]), ...logs].map((file) => printable(basename(file)))
  return `${names.join(' + ')}, up to ${hex64(lastZxid)}`
}
