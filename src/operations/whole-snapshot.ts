import { snapshotEndFindings } from '../formats/snapshot/end-findings.ts'
import { ZkopsError } from '../support/errors.ts'
import type { SnapshotDone } from './read-snapshot.ts'

/**
 * For commands whose answer would be wrong about a part of a snapshot. Throws `input.damaged` with what is wrong first,
 * when it is not whole.
 */
export function requireWhole({ end, broken }: SnapshotDone, file: string): void {
  const context = { file, nameZxid: null, lastPath: undefined, broken: broken === null ? null : broken.message }
  const problem = snapshotEndFindings(end, context).find(({ severity }) => severity === 'error')
  if (problem === undefined) return
  throw new ZkopsError('input.damaged', `${file} is damaged: ${problem.message}`, {
    file,
    offset: problem.offset,
    hint: `zkops snapshot verify ${file} tells more; take another snapshot.`,
  })
}
