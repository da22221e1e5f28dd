/*
 * Bytes of a damaged snapshot that are not taken, as files of their own: by their offsets after decompression, and those
 * that cannot be unpacked as they lie in the packed file.
 */
import { basename, join } from 'node:path'
import { openAt } from '../../datadir/byte-source.ts'
import { type RangeReader, rangesOf } from '../../datadir/range-reader.ts'
import { openSalvage } from '../../datadir/salvage-source.ts'
import type { Range } from './content.ts'
import type { Intact } from './intact.ts'

export interface Quarantined extends Range {
  /** In the new directory; no server reads such a name. */
  readonly name: string
  readonly packed: boolean
}

/** What a small packed file unpacks to may fill a disk: beyond this it stays in the given file only. */
const MOST_UNPACKED = 1 << 30

export function quarantineOf({ snapshot, compression, survey, packed, seals }: Intact): readonly Quarantined[] {
  const { front, nodesAt, lost, trailer, bytes } = survey
  const name = snapshot.file === '-' ? 'stdin' : basename(snapshot.file)
  const frontDamaged = front.header !== 'whole' || front.sessions !== 'whole' || front.acls !== 'whole'
  const end = trailer === null ? bytes : trailer.offset + trailer.bytes
  const ranges: Range[] = [
    ...(frontDamaged ? [{ from: 0, to: nodesAt }] : []),
    ...lost,
    ...(trailer !== null && seals.wrong > 0 ? [{ from: trailer.offset, to: end }] : []),
    { from: end, to: bytes },
  ]
  let room = compression === 'none' ? Number.POSITIVE_INFINITY : MOST_UNPACKED
  const unpacked = ranges.filter(({ from, to }) => to > from && (room -= to - from) >= 0)
  return [
    ...unpacked.map(({ from, to }) => ({ from, to, packed: false, name: fileName('bytes', from, to, name) })),
    ...packed
      .filter(({ from, to }) => to > from)
      .map(({ from, to }) => ({ from, to, packed: true, name: fileName('packed-bytes', from, to, name) })),
  ]
}

function fileName(kind: string, from: number, to: number, of: string): string {
  return join('quarantine', `${kind}-${from}-${to}.${of}`)
}

/** Hands out the bytes of each, in their order. Throws `input.*`. */
export async function openQuarantined(
  { file, namedForm }: Intact['snapshot'],
  signal: AbortSignal,
): Promise<{
  copy(one: Quarantined, write: (bytes: Uint8Array) => Promise<void>): Promise<void>
  close(): Promise<void>
}> {
  let unpacked: RangeReader | undefined
  let raw: RangeReader | undefined
  return {
    async copy({ from, to, packed }, write) {
      if (packed) raw ??= rangesOf(file, await openAt(file, 0, signal))
      else unpacked ??= rangesOf(file, await openSalvage(file, namedForm, signal))
      await (packed ? raw! : unpacked!).copy(from, to, write)
    },
    close: async () => {
      await unpacked?.close()
      await raw?.close()
    },
  }
}
