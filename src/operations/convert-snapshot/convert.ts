/*
 * snapshot convert:
 *
 * 1. The snapshot is verified: what is not whole is not carried on. The tree of a moment that the digests or a hole speak
 *    against is not either.
 * 2. It is read again to say exactly what goes: znodes, sessions, bytes.
 * 3. It is written with the compression and the blocks of the line, read again and held against the plan; only then the
 *    new directory gets its name.
 *
 * The given file is only read. Stats stay as they are stored, so do the counters of parents whose children go.
 */
import { join } from 'node:path'
import { releaseOf } from '../../config/release.ts'
import type { Compression } from '../../datadir/byte-source.ts'
import { newDirectory } from '../../datadir/new-directory.ts'
import { obstacle } from '../../datadir/new-place.ts'
import { keepStdin } from '../../datadir/stdin-copy.ts'
import { type Change, makePlan, type Refusal, refusedChange } from '../../support/change.ts'
import { ZkopsError } from '../../support/errors.ts'
import type { Finding } from '../../support/finding.ts'
import { hex64 } from '../../support/hex.ts'
import type { ReadSnapshotOptions } from '../read-snapshot.ts'
import { packed, SUFFIX } from '../snapshot-build/packed.ts'
import { verifyWritten } from '../snapshot-build/verify-written.ts'
import type { TreePlace } from '../tree-place.ts'
import { usableSnapshot } from '../usable-snapshot.ts'
import { examineSnapshot, type VerifySnapshotResult } from '../verify-snapshot.ts'
import { type BlockPlan, blockPlan, blocksOf } from './blocks.ts'
import { type Census, takeCensus } from './census.ts'
import { type Selection, selector } from './selection.ts'
import { convertedBytes } from './written.ts'

/** Of a directory without a moment its newest snapshot that is whole. */
export interface ConvertOptions extends ReadSnapshotOptions, TreePlace {
  readonly output: string
  /** That of the given one when not given. */
  readonly compression?: Compression | undefined
  /** The release line that reads it; that which wrote it when not given. */
  readonly zookeeper?: string | undefined
  readonly keep: readonly string[]
  readonly prune: readonly string[]
  readonly sessions: 'keep' | 'drop'
}

/** Throws `input.*` when the snapshot is missing, unreadable or damaged, `usage` for options that do not go together. */
export async function planConvert(options: ConvertOptions): Promise<Change> {
  const { output, zookeeper, sessions } = options
  const selection: Selection = { ...options, dropSessions: sessions === 'drop' }
  const minor = minorOf(zookeeper)
  selector(selection)
  await keepStdin([options.place ?? ''], options.signal)
  const { snapshot, logs, findings } = await usableSnapshot(options, options)
  const { result: given, whole } = await examineSnapshot(snapshot, { ...options, digest: true })
  if (!whole || given.verdict === 'damaged') throw damaged(given)
  const compression = options.compression ?? given.compression
  if (compression !== 'none' && minor !== undefined && minor < 6) {
    throw new ZkopsError('usage', `Servers of ${zookeeper} read no compressed snapshots: they came with 3.6`, {
      hint: 'Add --compression none.',
    })
  }
  const zxid = zxidOf(given)
  const census = await takeCensus(snapshot, selection, options)
  const blocks = blockPlan({ given, block: census.block, minor, leavesOut: census.gone > 0 }, zookeeper === undefined)
  const name = `snapshot.${BigInt.asUintN(64, zxid).toString(16)}${SUFFIX[compression]}`
  const kept = sessions === 'drop' ? 0 : given.sessions
  const plan = makePlan({
    kind: 'snapshot convert',
    base: { snapshot: snapshot.file, logs, zxid, nodes: given.nodes, fuzzy: given.fuzzy },
    steps: [
      {
        action: 'write',
        target: join(output, name),
        detail: detailOf(census, blocks, { given, kept, minor }),
        reversible: true,
      },
    ],
    loses: { txns: 0, firstZxid: null, lastZxid: null, znodes: census.goneZnodes, bytes: census.goneBytes },
    undo: `The given snapshot is not changed; remove ${output}.`,
  })
  const refused = await refusalOf(options, { minor, census, findings })
  if (refused !== null) return refusedChange(plan, refused, findings)
  return {
    plan,
    refused: null,
    findings,
    apply: async () => {
      const content = {
        snapshot,
        selector: selector(selection),
        dropSessions: selection.dropSessions,
        blocks: (digest: bigint) => blocksOf(blocks, census.block, digest),
      }
      const directory = await newDirectory(output)
      try {
        await directory.write(name, async (write) => {
          for await (const piece of packed(convertedBytes(content, options), compression)) await write(piece)
        })
        const isAsPlanned = ({ nodes, sessions, nameZxid, digest }: VerifySnapshotResult) =>
          nodes === census.nodes && sessions === kept && nameZxid === zxid && digest?.match !== false
        const verified = await verifyWritten(join(directory.temporary, name), isAsPlanned, options)
        await directory.commit(options.signal)
        return { stepsDone: 1, verified, journal: null, undo: null }
      } finally {
        await directory.dispose()
      }
    },
  }
}

interface Known {
  readonly minor: number | undefined
  readonly census: Census
  readonly findings: readonly Finding[]
}

async function refusalOf(
  { output, zookeeper }: ConvertOptions,
  { minor, census: { unmet, stays }, findings }: Known,
): Promise<Refusal | null> {
  const blocked = await obstacle(output)
  if (blocked !== undefined) return { code: blocked.code, why: blocked.why, counterexample: null }
  if (unmet !== undefined) {
    const path = unmet || '/'
    return { code: 'refused.no-such-znode', why: `the snapshot has no znode ${path}`, counterexample: { path } }
  }
  const doubt = findings.find(({ severity }) => severity === 'error')
  if (doubt !== undefined) {
    const why = `the tree of that moment is not known: ${doubt.message}`
    return { code: 'refused.not-proved', why, counterexample: { finding: doubt.code, file: doubt.file ?? null } }
  }
  const { container: containers, ttl: ttls } = stays
  if (minor === 4 && containers + ttls > 0) {
    return {
      code: 'refused.not-in-line',
      why: `${containers} containers and ${ttls} TTL znodes would be ephemerals of dead sessions to a server of ${zookeeper}, which removes them at its start`,
      counterexample: { containers, ttls },
    }
  }
  return null
}

const DIGESTS = {
  computed: 'with a digest computed afresh',
  given: 'with its digest',
  none: 'without a digest',
} as const

interface Writing {
  readonly given: VerifySnapshotResult
  readonly kept: number
  readonly minor: number | undefined
}

function detailOf({ nodes, gone, stays }: Census, blocks: BlockPlan, { given, kept, minor }: Writing): string {
  const parts = [
    `${nodes} znodes, ${kept} sessions, ${DIGESTS[blocks.digest]}`,
    given.fuzzy === null
      ? ''
      : `fuzzy up to ${hex64(given.fuzzy.toZxid)} as the given one: it needs the logs behind it`,
    gone === 0 ? '' : `${gone} znodes are left out: logs behind it are of another tree, their digests will not match`,
    given.sessions > kept ? `${given.sessions} sessions are left out, and their ephemerals` : '',
    stays.ttl > 0 && minor !== undefined
      ? `${stays.ttl} TTL znodes need zookeeper.extendedTypesEnabled=true on the servers`
      : '',
  ]
  return parts.filter((part) => part !== '').join('; ')
}

/** A digest that does not fit is damage as well, though servers load it. */
function damaged({ file, findings }: VerifySnapshotResult): ZkopsError {
  const problem = findings.find(({ severity }) => severity === 'error')
  return new ZkopsError('input.damaged', `${file} is damaged: ${problem?.message ?? 'it is not whole'}`, {
    file,
    offset: problem?.offset,
    hint: `zkops snapshot verify ${file} tells more; take another snapshot.`,
  })
}

function zxidOf({ file, nameZxid, digest, lastZxid }: VerifySnapshotResult): bigint {
  const zxid = nameZxid ?? digest?.zxid ?? lastZxid
  if (zxid !== null) return zxid
  throw new ZkopsError('input.no-zxid', `Neither the name of ${file} nor what is in it tells its zxid`, {
    file,
    hint: 'Give it the name that it had: snapshot.<zxid>.',
  })
}

function minorOf(zookeeper: string | undefined): number | undefined {
  if (zookeeper === undefined) return undefined
  const release = releaseOf(zookeeper)
  if (release === undefined) throw new ZkopsError('usage', `${zookeeper} is no release line from 3.4 to 3.9`)
  return release.minor
}
