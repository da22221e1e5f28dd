import { findSnapshots } from '../../datadir/snapshot-files.ts'
import type { Check } from '../../support/change.ts'
import { ZkopsError } from '../../support/errors.ts'
import type { ReadSnapshotOptions } from '../read-snapshot.ts'
import { examineSnapshot, type VerifySnapshotResult } from '../verify-snapshot.ts'

/** Reads a snapshot that was just written. Throws `input.*`, `stopped.verify`. */
export async function verifyWritten(
  file: string,
  isAsPlanned: (result: VerifySnapshotResult) => boolean,
  options: ReadSnapshotOptions,
): Promise<readonly Check[]> {
  const [snapshot] = await findSnapshots(file)
  const { result, whole } = await examineSnapshot(snapshot!, { ...options, digest: true })
  const { digest, serverAccepts, findings, nodes } = result
  if (!whole || !isAsPlanned(result)) {
    const what = findings.find(({ severity }) => severity === 'error')?.message ?? `it holds ${nodes} znodes`
    throw new ZkopsError('stopped.verify', `What was written does not verify: ${what}. It was removed`, {
      hint: 'Did the input change meanwhile? Run the command again.',
    })
  }
  const said = digest?.match === true ? ', tree digest right' : digest?.match === null ? ', digest as given' : ''
  return [
    { check: 'snapshot verify', ok: true, detail: `${nodes} znodes, seals right${said}` },
    {
      check: 'loads',
      ok: serverAccepts,
      detail: serverAccepts
        ? 'a server with default settings loads it'
        : 'needs the settings of the servers that wrote what was given',
    },
  ]
}
