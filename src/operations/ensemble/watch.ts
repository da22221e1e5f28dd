import { type LooksOptions, looksAt } from './looks.ts'
import { type EnsembleStatus, statusOf } from './status.ts'

/** One look after the other, until the signal fires or nobody wants more. */
export async function* watchStatus(options: LooksOptions, signal: AbortSignal): AsyncGenerator<EnsembleStatus> {
  for await (const look of looksAt(options, signal)) yield statusOf(look)
}
