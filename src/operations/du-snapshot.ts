/*
 * snapshot du: a snapshot alone is counted while it is read; else the tree of the moment is opened.
 */
import { isDirectory } from '../datadir/log-files.ts'
import { findSnapshots } from '../datadir/snapshot-files.ts'
import { snapshotEndFindings } from '../formats/snapshot/end-findings.ts'
import type { Finding } from '../support/finding.ts'
import { type DiskUsage, type DiskUsageOptions, diskUsage } from './look-into/disk-usage.ts'
import { lookInto } from './look-into/look.ts'
import { type NcduStream, ncduStream, writeNcdu } from './look-into/ncdu.ts'
import { type NcduOptions, ncduFile } from './look-into/ncdu-file.ts'
import { usageStream } from './look-into/usage-stream.ts'
import { damagedSnapshot, type OpenTreeOptions } from './open-tree.ts'
import { readSnapshot } from './read-snapshot.ts'
import { namedTree } from './tree-place.ts'

export interface DuSnapshotOptions extends OpenTreeOptions, DiskUsageOptions {
  readonly ncdu?: NcduOptions | undefined
}

export interface UsageOfTree {
  readonly usage: DiskUsage
  readonly zxid: bigint | null
  readonly timeMs: number | null
  readonly findings: readonly Finding[]
}

/** Throws as openTree and numberAt do. */
export async function duSnapshot(options: DuSnapshotOptions): Promise<UsageOfTree> {
  const { path, ncdu } = options
  const { place, at = {}, logDir } = await namedTree(options)
  const simple = logDir === undefined && at.zxid === undefined && at.timeMs === undefined
  if (simple && place !== '-' && !(await isDirectory(place))) {
    const found = await whileRead(place, options)
    if (found !== undefined) return found
  }
  const look = await lookInto(options)
  const usage = diskUsage(look, options)
  if (ncdu !== undefined) await writeNcdu(look, path, ncdu)
  return { usage, zxid: look.zxid, timeMs: look.timeMs, findings: look.findings }
}

/** Undefined where it takes the whole tree: an unusual order, or a znode that is not there. */
async function whileRead(place: string, options: DuSnapshotOptions): Promise<UsageOfTree | undefined> {
  const { path, ncdu } = options
  if (ncdu === undefined) return streamed(place, options)
  let found: UsageOfTree | undefined
  await ncduFile(ncdu, async (write) => {
    found = await streamed(place, options, ncduStream(path, write))
    return found !== undefined
  })
  return found
}

async function streamed(
  place: string,
  options: DuSnapshotOptions,
  items?: NcduStream,
): Promise<UsageOfTree | undefined> {
  const [snapshot] = await findSnapshots(place)
  const counted = usageStream(options)
  for await (const part of readSnapshot(snapshot!, options)) {
    if (part.kind === 'nodes') {
      if (!counted.add(part)) return undefined
      items?.add(part)
    }
    if (part.kind !== 'end') continue
    const broken = part.broken === null ? null : part.broken.message
    const context = { file: place, nameZxid: snapshot!.nameZxid, lastPath: undefined, broken }
    const damage = snapshotEndFindings(part.end, context).find(({ severity }) => severity === 'error')
    if (damage !== undefined) throw damagedSnapshot(place, damage.message, damage.offset)
    const usage = counted.result()
    items?.end()
    const zxid = snapshot!.nameZxid ?? part.end.trailer?.lastZxid ?? null
    return usage === undefined ? undefined : { usage, zxid, timeMs: counted.latestMs() || null, findings: [] }
  }
  return undefined
}
