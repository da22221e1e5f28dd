/*
 * Random requests on real servers. At random points all of them are answered and a client reads the whole tree: values,
 * stats, access lists, children. Later the tree of each of these moments is restored from snapshots (fuzzy ones, written
 * under load) and logs, and a server starts on what snapshot build makes of one of them.
 */
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { type LookIntoFiles, lookInto, numberAt, znodeAt } from '../../src/operations/look-into/look.ts'
import { valueAt } from '../../src/operations/look-into/value.ts'
import { noProgress } from '../../src/support/progress.ts'
import { startEnsemble } from '../helpers/ensemble.ts'
import { FULL } from '../helpers/fixtures.ts'
import { RELEASES, runJava } from '../helpers/oracle.ts'
import { build } from '../helpers/snapshot-build.ts'
import { startsOf } from '../helpers/tree-oracle.ts'

const VERSIONS = FULL ? RELEASES : (['3.9.5'] as const)
const LOOKS = FULL ? 25 : 8
const { signal } = new AbortController()

/** A line as RandomWorkload prints it, of every znode that it reads. */
async function linesOf(look: LookIntoFiles, zxid: bigint): Promise<readonly string[]> {
  const lines: string[] = []
  const visit = async (path: string): Promise<void> => {
    if (path === '/zookeeper') return
    const number = numberAt(look, path)
    const { stat, type, dataBytes, children: count, aclRef } = znodeAt(look, number)
    const { bytes } = await valueAt(look, path, false, signal)
    const acl = look.acls.list(aclRef)!.map(({ perms, scheme, id }) => `${perms}:${text(scheme)}:${text(id)},`)
    const children = [...look.tree.children(path)!]
    lines.push(
      [
        ...[zxid, path, bytes === null ? 'null' : Buffer.from(bytes).toString('base64'), acl.join('')],
        children.join(','),
        `${stat.czxid} ${stat.mzxid} ${stat.pzxid} ${stat.ctime} ${stat.mtime}`,
        `${stat.version} ${stat.cversion} ${stat.aversion}`,
        // of containers and TTL nodes clients are not told the owner (DataNode.copyStat)
        `${type === 'ephemeral' ? stat.ephemeralOwner : 0} ${dataBytes ?? 0} ${count}`,
      ].join('\t'),
    )
    const visited = path === '/filling' ? children.slice(0, 10) : children
    for (const child of visited) await visit(path === '/' ? `/${child}` : `${path}/${child}`)
  }
  await visit('/')
  return lines
}

function text(bytes: Uint8Array | null): string {
  return Buffer.from(bytes!).toString()
}

test.each(VERSIONS)(
  '%s: the tree of a moment is what a client read then, and a server started on it has it',
  async (version) => {
    // neither servers nor time change anything while the tree is read
    const calm = { maxSessionTimeout: 600_000 }
    const properties = { preAllocSize: 1024, snapCount: 700, extendedTypesEnabled: 'true', forceSync: 'no', ...calm }
    const jvmFlags = ['-Dznode.container.checkIntervalMs=3600000']
    await using ensemble = await startEnsemble({ zookeeper: version, members: 0, properties, jvmFlags })
    const client = version.startsWith('3.4') ? '3.5.10' : version
    const run = (...args: string[]) => runJava(client, 'RandomWorkload', [ensemble.connect, ...args])
    const printed = await run(version, '23', '6000', FULL ? '12000' : '5000', String(LOOKS))
    await ensemble.kill()
    const moments = new Map<bigint, string[]>()
    for (const line of printed.split('\n').filter((one) => one.includes('\t'))) {
      const zxid = BigInt(line.split('\t', 1)[0]!)
      moments.set(zxid, [...(moments.get(zxid) ?? []), line])
    }
    expect(moments.size).toBe(LOOKS)
    const folder = mkdtempSync(join(tmpdir(), 'zkops-live-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const [server] = ensemble.status.servers
    const [place, logDir] = [join(folder, 'data'), join(folder, 'logs')]
    cpSync(server!.dataDir, place, { recursive: true })
    cpSync(server!.logDir, logDir, { recursive: true })
    const starts = startsOf(join(place, 'version-2'))
    expect(starts.length).toBeGreaterThan(3)
    // 3.4 writes its first snapshot when it has something to write
    const known = [...moments].filter(([zxid]) => zxid >= starts[0]!)
    expect(known.length).toBeGreaterThan(LOOKS >> 1)
    for (const [zxid, expected] of known) {
      const options = { place, logDir, at: { zxid }, juteMaxbuffer: 1_048_575, signal, progress: noProgress }
      const look = await lookInto(options)
      expect([look.zxid, look.findings.filter(({ severity }) => severity === 'error')]).toEqual([zxid, []])
      if (version >= '3.6') expect(look.replay).toMatchObject({ firstMismatch: null, checked: expect.any(Number) })
      expect(differing(await linesOf(look, zxid), expected)).toEqual([])
    }

    const [zxid, expected] = known[known.length >> 1]!
    const output = join(folder, 'built')
    const { plan } = await build({ place, logDir, at: { kind: 'at', at: { zxid } }, output })
    expect((plan.base.proof as { verdict: string }).verdict).toBe(version < '3.6' ? 'unproved' : 'proved')
    for (const old of [server!.dataDir, server!.logDir]) {
      rmSync(join(old, 'version-2'), { recursive: true })
      mkdirSync(join(old, 'version-2'))
    }
    cpSync(join(output, 'version-2'), join(server!.dataDir, 'version-2'), { recursive: true })
    await ensemble.start()
    const read = (await run('read')).split('\n').filter((one) => one.includes('\t'))
    // the reader's own session is the only thing that is new
    const then = expected.map((line) => line.replace(/^\d+/, '0'))
    expect(differing(read, then)).toEqual([])
  },
  300_000,
)

/** Lines that are not the same on both sides. */
function differing(ours: readonly string[], theirs: readonly string[]): readonly string[] {
  const [a, b] = [new Set(ours), new Set(theirs)]
  return [...theirs.filter((line) => !a.has(line)).slice(0, 5), ...ours.filter((line) => !b.has(line)).slice(0, 5)]
}
