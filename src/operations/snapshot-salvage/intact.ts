/*
 * What is intact in a damaged snapshot, and what its seals prove of it.
 */

import type { Compression } from '../../datadir/byte-source.ts'
import { openSalvage, type PackedDamage } from '../../datadir/salvage-source.ts'
import type { SnapshotFile } from '../../datadir/snapshot-files.ts'
import { adler32 } from '../../formats/checksum/adler32.ts'
import { giveBack, takeKernel } from '../../formats/snapshot/kernel/idle.ts'
import { type SnapshotSurvey, surveySnapshot } from '../../formats/snapshot/salvage/survey.ts'
import { type DigestBlock, fits, readTrailer, SEAL_BYTES, type Trailer } from '../../formats/snapshot/trailer.ts'
import { payloadLimit } from '../../formats/txnlog/scan.ts'
import type { ReadSnapshotOptions } from '../read-snapshot.ts'

export interface Intact {
  readonly snapshot: SnapshotFile
  readonly compression: Compression
  readonly survey: SnapshotSurvey
  readonly packed: readonly PackedDamage[]
  readonly seals: SealProof
}

/** What the seals prove. */
export interface SealProof {
  /** Every byte before the blocks is as it was written. */
  readonly tree: boolean
  /** Of seals and blocks, how many are damaged though they can be told. */
  readonly wrong: number
  /** Blocks that a seal covers; null for none. */
  readonly digest: DigestBlock | null
  readonly lastZxid: bigint | null
  /** A digest block as it stands there, proved or not. */
  readonly said: DigestBlock | null
  readonly saysLastZxid: boolean
}

const NO_SEALS: SealProof = { tree: false, wrong: 0, digest: null, lastZxid: null, said: null, saysLastZxid: false }
/** A fuzzy snapshot may hold effects of later epochs, but not of any. */
const LATER_EPOCHS = 16n
const MOST_EPOCH = 0x7fffffffn

/** Throws `input.*` when it cannot be opened or read. */
export async function intactOf(snapshot: SnapshotFile, options: ReadSnapshotOptions): Promise<Intact> {
  const first = await surveyed(snapshot, options, false)
  const doubted = first.survey.lost.length > 0 || first.survey.front.sessions !== 'whole'
  // what the seal covers is right, however it looks
  if (first.seals.tree && doubted) return surveyed(snapshot, options, true)
  return first
}

async function surveyed(snapshot: SnapshotFile, options: ReadSnapshotOptions, trusted: boolean): Promise<Intact> {
  const { juteMaxbuffer, signal, progress } = options
  const source = await openSalvage(snapshot.file, snapshot.namedForm, signal)
  const kernel = takeKernel()
  try {
    progress.start(snapshot.file, source.compression === 'none' ? source.sizeBytes : undefined, 'bytes')
    let bytesRead = 0
    const read = async (into: Uint8Array): Promise<number> => {
      const count = await source.read(into)
      progress.update((bytesRead += count))
      return count
    }
    const epoch = snapshot.nameZxid === null ? MOST_EPOCH : BigInt.asUintN(64, snapshot.nameZxid) >> 32n
    const mostEpoch = Number(epoch + LATER_EPOCHS < MOST_EPOCH ? epoch + LATER_EPOCHS : MOST_EPOCH)
    const { breaks } = source
    const survey = await surveySnapshot(kernel, read, {
      limit: payloadLimit(juteMaxbuffer),
      trusted,
      mostEpoch,
      lastZxid: snapshot.nameZxid,
      breaks,
      readAt: source.readAt,
    })
    progress.finish()
    const seals = breaks.length > 0 ? NO_SEALS : sealProof(survey)
    return { snapshot, compression: source.compression, survey, packed: source.damages, seals }
  } finally {
    giveBack(kernel)
    await source.close()
  }
}

/**
 * A later seal covers the earlier ones: where one does not fit, the right one is put in its place, and if a later one fits
 * then, all before that is as it was written but for the seal.
 */
export function sealProof({ after, trailer }: Pick<SnapshotSurvey, 'after' | 'trailer'>): SealProof {
  if (after === null || trailer === null) return NO_SEALS
  const bytes = after.bytes.slice(0, trailer.bytes)
  let mended: Trailer = trailer
  let proved = -1
  let wrong = 0
  for (let i = 0; i < mended.seals.length; i++) {
    const seal = mended.seals[i]!
    if (fits(seal)) proved = i
    else {
      wrong++
      // only the checksum's upper half or the "/" behind it: the lower half is right
      if (BigInt.asUintN(32, seal.stored) === BigInt(seal.computed)) proved = i
      putSeal(bytes, seal.at, after.adler)
      mended = readTrailer(bytes, after.adler)
    }
  }
  const digestAt = mended.digest === null ? Number.POSITIVE_INFINITY : 1
  const lastAt = mended.lastZxid === null ? Number.POSITIVE_INFINITY : mended.seals.length - 1
  return {
    tree: proved >= 0,
    wrong: wrong + (mended.cut ? 1 : 0),
    digest: proved >= digestAt ? mended.digest : null,
    lastZxid: proved >= lastAt ? mended.lastZxid : null,
    said: mended.digest,
    saysLastZxid: mended.lastZxid !== null,
  }
}

function putSeal(bytes: Uint8Array, at: number, adler: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, SEAL_BYTES)
  view.setBigUint64(0, BigInt(adler32(bytes, adler, 0, at)))
  view.setInt32(8, 1)
  view.setUint8(12, 0x2f)
}
