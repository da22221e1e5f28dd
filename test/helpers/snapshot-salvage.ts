import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { snappyDecoder } from '../../src/formats/compression/snappy.ts'
import { planSnapshotSalvage, type SalvageSnapshotOptions } from '../../src/operations/snapshot-salvage/salvage.ts'
import type { Change } from '../../src/support/change.ts'
import { noProgress } from '../../src/support/progress.ts'

type Given = Pick<SalvageSnapshotOptions, 'file' | 'output'> & Partial<SalvageSnapshotOptions>

/** The plan of `snapshot salvage` in this process. */
export function plannedSalvage(given: Given): Promise<Change> {
  return planSnapshotSalvage({
    from: [],
    logs: [],
    acceptLoss: false,
    juteMaxbuffer: 1_048_575,
    signal: new AbortController().signal,
    progress: noProgress,
    ...given,
  })
}

/** A node record as it lies in a snapshot. */
export interface NodeRecord {
  readonly at: number
  readonly path: string
  readonly bytes: Buffer
}

/** All of a whole snapshot, and where they begin; found without the code under test. */
export function nodeRecords(bytes: Buffer): readonly NodeRecord[] {
  let at = 20 + 12 * bytes.readInt32BE(16)
  let lists = bytes.readInt32BE(at)
  for (at += 4; lists > 0; lists--) {
    let acls = bytes.readInt32BE(at + 8)
    for (at += 12; acls > 0; acls--) {
      at += 4
      for (let text = 0; text < 2; text++) at += 4 + bytes.readInt32BE(at)
    }
  }
  const records: NodeRecord[] = []
  for (;;) {
    const pathLength = bytes.readInt32BE(at)
    const path = bytes.toString('latin1', at + 4, at + 4 + pathLength)
    if (path === '/') return records
    const end = at + 8 + pathLength + Math.max(0, bytes.readInt32BE(at + 4 + pathLength)) + 68
    records.push({ at, path, bytes: bytes.subarray(at, end) })
    at = end
  }
}

/** What a snapshot unpacks to. */
export function unpackedBytes(file: string): Buffer {
  const bytes = readFileSync(file)
  if (file.endsWith('.gz')) return gunzipSync(bytes)
  return file.endsWith('.snappy') ? Buffer.concat([...snappyDecoder().push(bytes)]) : bytes
}

/** The records of the tree that a salvage wrote, and those that it kept apart. */
export function salvagedRecords(output: string, snapshot: string, of: string) {
  const tree = nodeRecords(readFileSync(join(output, 'version-2', snapshot)))
  const apart = join(output, 'quarantine', `orphans.${of}`)
  return { tree, orphans: existsSync(apart) ? nodeRecords(readFileSync(apart)) : [] }
}
