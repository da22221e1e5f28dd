import { type VerifySnapshotResult, verifySnapshot } from '../../src/operations/verify-snapshot.ts'
import { noProgress } from '../../src/support/progress.ts'

/** `snapshot verify` in this process. */
export function verifyOne(place: string, juteMaxbuffer = 1_048_575): Promise<VerifySnapshotResult> {
  return verifySnapshot({
    place,
    digest: true,
    juteMaxbuffer,
    signal: new AbortController().signal,
    progress: noProgress,
  })
}
