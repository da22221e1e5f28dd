/*
 * Everything that is intact in a damaged snapshot: what stands before the nodes (front.ts), nodes (node-survey.ts), and
 * what follows them.
 */
import type { ReadBytes } from '../../kernel/window.ts'
import { type ReadAt, SnapshotInput } from '../input.ts'
import type { SnapshotKernel } from '../kernel/kernel.ts'
import { readTrailer, type Trailer } from '../trailer.ts'
import { type Front, readFront } from './front.ts'
import { type LostRange, type NodeRun, NodeSurvey } from './node-survey.ts'

export interface SnapshotSurvey {
  readonly front: Front
  readonly nodesAt: number
  readonly hasRoot: boolean
  readonly runs: readonly NodeRun[]
  readonly lost: readonly LostRange[]
  readonly lostParents: ReadonlySet<string>
  /** Null when the nodes do not end as they should. */
  readonly trailer: (Trailer & { readonly offset: number }) | null
  /** What follows the nodes, and the Adler-32 of everything before. */
  readonly after: { readonly bytes: Uint8Array; readonly adler: number } | null
  /** Size of the input, after decompression. */
  readonly bytes: number
}

export interface SurveyOptions {
  /** The longest string that a server takes, in bytes. */
  readonly limit: number
  /** Every byte before the trailer is known to be right. */
  readonly trusted: boolean
  readonly mostEpoch: number
  readonly lastZxid: bigint | null
  readonly breaks: readonly number[]
  readonly chunkBytes?: number
  /** Any bytes of the input, where it is a plain file: then a damaged length takes no memory. */
  readonly readAt?: ReadAt | undefined
}

const CHUNK_BYTES = 4 << 20
const MOST_BYTES = 64 << 20

/** Throws what `read` throws, and `input.too-large`. */
export async function surveySnapshot(
  kernel: SnapshotKernel,
  read: ReadBytes,
  options: SurveyOptions,
): Promise<SnapshotSurvey> {
  const input = new SnapshotInput(kernel, read, options.chunkBytes ?? CHUNK_BYTES, options.readAt)
  const most = Math.max(options.limit, MOST_BYTES)
  kernel.begin()
  const front = await readFront(kernel, input, most, options.trusted)
  const nodesAt = input.offset
  const nodes = new NodeSurvey(kernel, input, {
    ...options,
    most,
    lastAcl: front.lists.reduce((last, [ref]) => Math.max(last, Number(ref)), 0),
  })
  const ended = await nodes.run()
  const after = ended ? await input.after() : null
  const bytes = await input.toEnd()
  return {
    front,
    nodesAt,
    hasRoot: nodes.hasRoot,
    runs: nodes.runs,
    lost: nodes.lost,
    lostParents: nodes.lostParents,
    trailer: after === null ? null : { ...readTrailer(after.bytes, after.adler), offset: after.offset },
    after,
    bytes,
  }
}
