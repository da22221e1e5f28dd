/* Rolls that were begun from this machine, and how far they came. */
import { addressText } from '../../config/inventory/connect.ts'
import type { Finding } from '../../support/finding.ts'
import { targetName } from '../ensemble/observe-target.ts'
import { findTarget, type LiveOptions } from '../inventory/target.ts'
import { journalsOf, progressOf } from '../journal/journal.ts'
import { type ChangeStatus, changeStatus } from '../journal/status.ts'

export interface RollStatusOptions {
  readonly live: LiveOptions
  /** Finished ones too. */
  readonly all: boolean
}

export interface RollStatus {
  readonly ensemble: string
  readonly changes: readonly ChangeStatus[]
  readonly findings: readonly Finding[]
}

/** No server is asked. Throws as findTarget does. */
export async function rollStatus({ live, all }: RollStatusOptions): Promise<RollStatus> {
  const { target, findings } = await findTarget(live)
  const ensemble = targetName(target)
  const journals = await journalsOf({ ensemble, members: target.connect.map(addressText) })
  const own = journals.filter((journal) => journal.kind === 'roll')
  const shown = all ? own : own.filter((journal) => progressOf(journal).outcome === null)
  return { ensemble, changes: shown.map(changeStatus), findings }
}
