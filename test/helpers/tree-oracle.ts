import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { crc32, gunzipSync } from 'node:zlib'
import { zxidFromName } from '../../src/datadir/names.ts'
import { snappyDecoder } from '../../src/formats/compression/snappy.ts'
import { juteReader } from '../../src/formats/jute/reader.ts'
import { zxidAt } from '../../src/formats/txnlog/scan.ts'
import { readAcls } from '../../src/formats/txnlog/txn/acl.ts'
import { openLogs } from '../../src/operations/read-logs.ts'
import { type Restored, type RestoreOptions, restore } from '../../src/operations/restore.ts'
import { noProgress } from '../../src/support/progress.ts'
import { runJava } from './oracle.ts'

/** A directory to restore: everything from snapshot `from` (none: no snapshot at all) up to zxid `last`. */
export interface RestoreCase {
  readonly name: string
  /** version-2 directories. */
  readonly snapshots: string
  readonly logs: string
  readonly from: bigint | null
  readonly last?: bigint
}

/** A tree as lines, see TreeOracle.java: what two restores must agree on, sorted. */
export interface TreeDump {
  readonly failed: string | null
  /** The highest zxid replayed before it failed. */
  readonly reached: bigint | null
  readonly lines: readonly string[]
  readonly mismatches: readonly bigint[]
  readonly digest: string | null
}

/** What the classes of `version` restore in each case; `flags` for the JVM. */
export async function restoreWithServer(
  version: string,
  cases: readonly RestoreCase[],
  flags: readonly string[] = [],
): Promise<readonly TreeDump[]> {
  const folder = mkdtempSync(join(tmpdir(), 'zkops-oracle-'))
  try {
    const lines = cases.map((one, i) => {
      const place = join(folder, String(i))
      mkdirSync(join(place, 'snapshots/version-2'), { recursive: true })
      cpSync(one.logs, join(place, 'logs/version-2'), { recursive: true })
      for (const name of usableSnapshots(one))
        cpSync(join(one.snapshots, name), join(place, 'snapshots/version-2', name))
      const parts = [join(place, 'logs'), join(place, 'snapshots'), join(place, 'out'), one.last?.toString(16) ?? '-']
      return `${parts.join('\t')}\n`
    })
    await runJava(version, 'TreeOracle', [], lines.join(''), flags)
    return cases.map((_, i) => parse(readFileSync(join(folder, String(i), 'out'), 'utf8')))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function usableSnapshots({ snapshots, from }: RestoreCase): string[] {
  return readdirSync(snapshots).filter((name) => {
    const zxid = zxidFromName(name, 'snapshot')
    return zxid !== undefined && from !== null && zxid <= from
  })
}

function parse(text: string): TreeDump {
  const lines = text.trim().split('\n')
  const of = (kind: string) => lines.filter((line) => line.startsWith(`${kind}\t`)).map((line) => line.split('\t')[1]!)
  const failed = lines.find((line) => line.startsWith('failed\t'))
  return {
    failed: of('failed')[0] ?? null,
    reached: failed === undefined ? null : BigInt(failed.split('\t')[2]!),
    lines: lines
      .filter((line) => !/^(mismatch|failed|digest)\t/.test(line))
      .map(withoutQuotaData)
      .sort(),
    mismatches: of('mismatch').map(BigInt),
    digest: of('digest')[0] ?? null,
  }
}

const STATS = Buffer.from('/zookeeper_stats').toString('hex')

/** Servers rewrite the data of quota statistics on their own. */
function withoutQuotaData(line: string): string {
  const fields = line.split('\t')
  if (fields[0] === 'size') return 'size'
  return fields[0] === 'node' && fields[1]!.endsWith(STATS)
    ? [...fields.slice(0, 12), '', '', fields[14]].join('\t')
    : line
}

/** Our own restore of a case. */
export function restoreHere(one: RestoreCase, tree: RestoreOptions['tree'] = {}): Promise<Restored> {
  return restore({
    snapshots: usableSnapshots(one).map((name) => join(one.snapshots, name)),
    logs: [one.logs],
    until:
      one.last === undefined
        ? {}
        : { before: ({ view, table }, i) => view.getBigInt64(table[2 * i]! + 24) > one.last! },
    juteMaxbuffer: 1_048_575,
    tree,
    allowAhead: true,
    trustEmpty: true,
    signal: new AbortController().signal,
    progress: noProgress,
  })
}

/** The same lines for our tree. */
export function dump({ tree, sources, proof }: Pick<Restored, 'tree' | 'sources' | 'proof'>): TreeDump {
  const { kernel } = tree
  const files = sources.map((file) => (file === '' ? new Uint8Array() : unpacked(file)))
  const lines: string[] = []
  for (const row of kernel.rows()) {
    const path = hex(kernel.pathOf(row))
    const s = kernel.stat(row)
    const { length, source, offset } = kernel.value(row)
    const data = files[source]!.subarray(offset, offset + Math.max(0, length))
    const parent = kernel.parentOf(row)
    const listed = path === '' || (parent !== 0 && kernel.find(kernel.pathOf(parent)) === parent)
    const stat = [s.czxid, s.mzxid, s.ctime, s.mtime, s.version, s.cversion, s.aversion, s.ephemeralOwner, s.pzxid]
    lines.push(['node', path, ...stat, kernel.aclId(row), length, crc32(data), listed ? 1 : 0].join('\t'))
    if (listed && path !== '') lines.push(`child\t${hex(kernel.pathOf(parent))}\t${hex(kernel.nameOf(row))}`)
  }
  for (const [id, list] of tree.acls()) lines.push(`acl\t${id}\t${aclText(list)}`)
  for (const [id, timeout] of tree.sessions()) lines.push(`session\t${id}\t${timeout}`)
  for (const owner of kernel.deadEphemerals().keys()) lines.push(`dead\t${owner}`)
  lines.push(`size\t${tree.approximateDataSize()}`, `zxid\t${proof.toZxid}`)
  return {
    failed: null,
    reached: null,
    lines: lines.map(withoutQuotaData).sort(),
    mismatches: proof.firstMismatch === null ? [] : [proof.firstMismatch.zxid],
    digest: String(tree.digest()),
  }
}

function aclText(list: Uint8Array): string {
  const acls = readAcls(juteReader(list)) ?? []
  return acls.map(({ perms, scheme, id }) => `${perms}:${textHex(scheme)}:${textHex(id)},`).join('')
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const textHex = (text: Uint8Array | null): string => (text === null ? 'null' : hex(text))

function unpacked(file: string): Uint8Array {
  const bytes = readFileSync(file)
  if (basename(file).endsWith('.gz')) return gunzipSync(bytes)
  return basename(file).endsWith('.snappy') ? Buffer.concat([...snappyDecoder().push(bytes)]) : bytes
}

/** Every snapshot of a directory as a start, and none. */
export function startsOf(snapshots: string): readonly bigint[] {
  return readdirSync(snapshots)
    .map((name) => zxidFromName(name, 'snapshot'))
    .filter((zxid) => zxid !== undefined)
    .sort((a, b) => (a < b ? -1 : 1))
}

/** The zxid of every record in the logs of a directory. */
export async function zxidsOf(logs: string): Promise<readonly bigint[]> {
  const signal = new AbortController().signal
  const { read } = await openLogs({ places: [logs], juteMaxbuffer: 1_048_575, signal, progress: noProgress })
  const zxids: bigint[] = []
  for await (const part of read()) {
    for (let i = 0; part.kind === 'records' && i < part.count; i++) zxids.push(zxidAt(part, i))
  }
  return zxids
}
