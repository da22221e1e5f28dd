import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createPlainTree } from '../../src/tree/kernel/plain-tree.ts'
import { FAITHFUL_RULES, rulesOf } from '../../src/tree/rules.ts'
import { startEnsemble } from '../helpers/ensemble.ts'
import { FULL, seeded } from '../helpers/fixtures.ts'
import { RELEASES, runJava } from '../helpers/oracle.ts'
import {
  dump,
  type RestoreCase,
  restoreHere,
  restoreWithServer,
  startsOf,
  type TreeDump,
  zxidsOf,
} from '../helpers/tree-oracle.ts'

const VERSIONS = FULL ? RELEASES : (['3.5.10', '3.9.5'] as const)
/** A digest lets the comparison wait until a fuzzy snapshot is caught up with; many points are inside such a range. */
const POINTS = FULL ? 25 : 12

/** Without what a restore that starts later cannot know: ids of access lists, and the lists that only history left. */
function withoutAclIds({ lines }: TreeDump): readonly string[] {
  const lists = new Map(
    lines.filter((line) => line.startsWith('acl\t')).map((line) => line.split('\t').slice(1) as [string, string]),
  )
  return lines
    .filter((line) => !/^(acl|zxid)\t/.test(line))
    .map((line) => {
      const fields = line.split('\t')
      return fields[0] === 'node'
        ? [...fields.slice(0, 11), lists.get(fields[11]!) ?? fields[11], ...fields.slice(12)].join('\t')
        : line
    })
    .sort()
}

test.each(VERSIONS)(
  'restores of %s under load are what its classes restore, from every fuzzy snapshot',
  async (version) => {
    const properties = {
      preAllocSize: 1024,
      snapCount: 700,
      tickTime: 500,
      extendedTypesEnabled: 'true',
      forceSync: 'no',
    }
    await using ensemble = await startEnsemble({
      zookeeper: version,
      members: 0,
      properties,
      jvmFlags: ['-Dzookeeper.forceSync=no'],
    })
    const client = version.startsWith('3.4') ? '3.5.10' : version
    await runJava(client, 'RandomWorkload', [ensemble.connect, version, '17', '8000', FULL ? '12000' : '5000'])
    await ensemble.kill()
    const { dataDir, logDir } = ensemble.status.servers[0]!
    const snapshots = join(dataDir, 'version-2')
    const logs = join(logDir, 'version-2')
    const rules = rulesOf(version)
    const random = seeded(3)
    const zxids = await zxidsOf(logs)
    const starts = startsOf(snapshots)
    const whole = (from: bigint | null): RestoreCase => ({ name: `from ${from?.toString(16)}`, snapshots, logs, from })
    const points = Array.from({ length: POINTS }, (): RestoreCase => {
      const from = starts[Math.floor(random() * starts.length)]!
      // most of them close behind a snapshot, where it is fuzzy
      const later = zxids.filter((zxid) => zxid > from)
      const last = later[Math.floor(later.length * random() ** 4)] ?? zxids.at(-1)!
      return { name: `from ${from.toString(16)} to ${last.toString(16)}`, snapshots, logs, from, last }
    })
    const cases = [...starts.map(whole), ...points]
    expect(starts.length).toBeGreaterThan(3)
    const theirs = await restoreWithServer(version, cases)
    let ignored = 0
    for (const [i, one] of cases.entries()) {
      const ours = await restoreHere(one, { rules })
      const found = dump(ours)
      ignored += ours.proof.ignored.noNode + ours.proof.ignored.nodeExists
      const wanted = theirs[i]!
      // 3.8.4 and 3.9.2 on refuse some of their own fuzzy snapshots
      if (/Failed to fetch acls/.test(wanted.failed ?? '')) {
        const next = zxids.find((zxid) => zxid > (wanted.reached! < 0n ? one.from! : wanted.reached!))
        expect({ name: one.name, listMissingAt: ours.proof.listMissingAt }).toEqual({
          name: one.name,
          listMissingAt: next,
        })
        continue
      }
      expect({ name: one.name, failed: wanted.failed }).toEqual({ name: one.name, failed: null })
      expect({ name: one.name, lines: found.lines }).toEqual({ name: one.name, lines: wanted.lines })
      if (wanted.digest !== null) expect(found.digest).toBe(wanted.digest)
      // a fuzzy snapshot's own digest is compared first, at a zxid that may carry none itself
      const { firstMismatch, explained, snapshotDigest } = ours.proof
      const first = firstMismatch?.zxid ?? explained[0]?.zxid
      const wrong = snapshotDigest === 'wrong' ? ours.snapshot!.digest!.zxid : first
      expect({ name: one.name, wrong }).toEqual({ name: one.name, wrong: wanted.mismatches[0] })
      if (i % 5 !== 0) continue
      const plain = await restoreHere(one, { rules, kernel: createPlainTree() })
      expect({ ...dump(plain), name: one.name }).toEqual({ ...found, name: one.name })
      expect({ ...plain.proof, name: one.name }).toEqual({ ...ours.proof, name: one.name })
    }
    expect(ignored).toBeGreaterThan(0)

    // with our own rules every fuzzy snapshot leads to the tree that the whole history leads to
    const exact = withoutAclIds(dump(await restoreHere(whole(starts[0]!), { rules: FAITHFUL_RULES })))
    for (const from of starts.slice(1)) {
      const restored = await restoreHere(whole(from), { rules: FAITHFUL_RULES })
      expect({ from, wrong: restored.proof.firstMismatch }).toEqual({ from, wrong: null })
      const again = dump(restored)
      expect({ from, lines: withoutAclIds(again) }).toEqual({ from, lines: exact })
    }
  },
  900_000,
)
