import { type BuildOptions, planBuild } from '../../src/operations/snapshot-build/build.ts'
import type { Applied, Change } from '../../src/support/change.ts'
import { noProgress } from '../../src/support/progress.ts'

type Given = Pick<BuildOptions, 'place' | 'output'> & Partial<BuildOptions>

/** The plan of `snapshot build` in this process. */
export function planned(given: Given): Promise<Change> {
  return planBuild({
    at: { kind: 'at', at: {} },
    sessions: 'keep',
    compression: 'none',
    acceptLoss: false,
    juteMaxbuffer: 1_048_575,
    signal: new AbortController().signal,
    progress: noProgress,
    ...given,
  })
}

/** The same carried out, unless it is refused. */
export async function build(given: Given): Promise<Change & Pick<Applied, 'verified'> & { readonly outcome: string }> {
  const change = await planned(given)
  if (change.refused !== null) return { ...change, outcome: change.refused.why, verified: [] }
  const { verified } = await change.apply()
  return { ...change, outcome: 'done', verified }
}
