import type { Sighting } from '../operations/znode/watch.ts'
import { hex64 } from '../support/hex.ts'
import { jsonLine } from './json.ts'
import { printable, type Style } from './style.ts'
import { dataValue } from './txn-json.ts'
import { dataText } from './txn-text.ts'

interface SightingOptions {
  readonly format: 'text' | 'jsonl'
  /** Characters of the value in text. */
  readonly width: number
}

/** Writes what was seen, a line each. */
export function sightingLine({ format, width }: SightingOptions, style: Style): (sighting: Sighting) => string {
  return format === 'jsonl' ? (sighting) => jsonLine(sightingJson(sighting)) : (one) => sightingText(one, width, style)
}

function sightingJson({ at, event, path, stat, data, added, removed }: Sighting): Record<string, unknown> {
  return {
    at: at.toISOString(),
    ...{ event, path, exists: stat !== null },
    ...(stat === null
      ? {}
      : {
          zxid: stat.mzxid,
          version: stat.version,
          ephemeralOwner: hex64(stat.ephemeralOwner),
          children: stat.numChildren,
        }),
    ...(data === undefined ? {} : { data: dataValue(data) }),
    ...(added.length + removed.length === 0 ? {} : { added, removed }),
  }
}

function sightingText({ at, event, path, stat, data, added, removed }: Sighting, width: number, style: Style) {
  const { color } = style
  const time = at.toISOString().replace('T', ' ').slice(0, 23)
  const what = event === 'is' ? (stat === null ? 'is not there' : 'is') : event
  const state = stat === null ? '' : `  version ${stat.version}  ${hex64(stat.mzxid)}`
  const value =
    data === undefined || event === 'child'
      ? ''
      : `  ${dataText({ path: Buffer.from(path), data }, { data: true, dataWidth: width, style })}`
  const names = [...added.map((name) => `+${printable(name)}`), ...removed.map((name) => `-${printable(name)}`)]
  const list = names.length === 0 ? '' : `  ${names.join(' ')}`
  return `${color.dim(time)} ${what.padEnd(8)} ${printable(path)}${state}${value}${list}\n`
}
