import type { DetectResult } from '../operations/generate-config/detect.ts'
import { bar, columns, countText, sizeText } from './amounts.ts'
import { findingText } from './findings.ts'
import { printable, type Style } from './style.ts'

const BAR = 30

export function detectText(result: DetectResult, style: Style): string {
  const { ramBytes, cgroupBytes, cores, swapBytes, swappiness, hugePages, openFiles, java } = result
  const rows = [
    ['memory', `${sizeText(ramBytes)}${cgroupBytes === null ? '' : `, of which ${sizeText(cgroupBytes)} may be used`}`],
    ['cores', String(cores)],
    ['swap', swapBytes === 0 ? 'none' : `${sizeText(swapBytes)}, swappiness ${swappiness ?? 'unknown'}`],
    ['huge pages', hugePages ?? 'unknown'],
    ['open files', openFiles === null ? 'unlimited or unknown' : countText(openFiles)],
    ['clock', result.clockSynchronized === true ? 'synchronized' : 'unknown whether it is synchronized'],
    ['java', java === null ? 'not found' : `${java.version ?? 'version unknown'} (${java.path})`],
    ...result.devices.map(({ name, rotational, bytes, mounts }) => {
      const kind = rotational === null ? 'disk' : rotational ? 'spinning disk' : 'solid state'
      return [
        `device ${name}`,
        `${kind}, ${sizeText(bytes ?? 0)}${mounts.length === 0 ? '' : `, at ${mounts.join(' ')}`}`,
      ]
    }),
  ]
  const lines = columns(rows.map((row) => row.map(printable))).map((line) => `${line}\n`)
  return [...lines, fsyncText(result.fsync, style), ...result.findings.map((one) => findingText(one, style))].join('')
}

function fsyncText(fsync: DetectResult['fsync'], style: Style): string {
  if (fsync === null) return ''
  const { directory, samples, p50Ms, p90Ms, p99Ms, maxMs, histogram } = fsync
  const most = Math.max(...histogram.map(({ count }) => count))
  const rows = histogram.map(({ upToMs, count }) => [
    `up to ${upToMs} ms`,
    countText(count),
    bar(count, most, BAR, style),
  ])
  const head = `fsync in ${printable(directory)}: ${countText(samples)} appends of 4 KB, p50 ${p50Ms} ms, p90 ${p90Ms} ms, p99 ${p99Ms} ms, longest ${maxMs} ms\n`
  return `${head}${columns(rows, [0, 1])
    .map((line) => `  ${line}\n`)
    .join('')}`
}
