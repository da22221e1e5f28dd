/* Changes of members that were begun from this machine: how far they came, and how to go on; giving one up. */

import { addressText } from '../../config/inventory/connect.ts'
import { ZkopsError } from '../../support/errors.ts'
import type { Finding } from '../../support/finding.ts'
import { targetName } from '../ensemble/observe-target.ts'
import { findTarget, type LiveOptions } from '../inventory/target.ts'
import { findJournal, isWorkedOn, journalsOf, progressOf, resumeJournal } from '../journal/journal.ts'
import { type ChangeStatus, changeStatus } from '../journal/status.ts'
import { unfinishedReconfig } from './resume.ts'

export interface ReconfigStatusOptions {
  readonly live: LiveOptions
  /** Finished ones too. */
  readonly all: boolean
}

export interface ReconfigStatus {
  readonly ensemble: string
  readonly changes: readonly ChangeStatus[]
  readonly findings: readonly Finding[]
}

/** No server is asked. Throws as findTarget does. */
export async function reconfigStatus({ live, all }: ReconfigStatusOptions): Promise<ReconfigStatus> {
  const { target, findings } = await findTarget(live)
  const ensemble = targetName(target)
  const journals = await journalsOf({ ensemble, members: target.connect.map(addressText) })
  const own = journals.filter((journal) => journal.kind === 'reconfig')
  const shown = all ? own : own.filter((journal) => progressOf(journal).outcome === null)
  return { ensemble, changes: shown.map(changeStatus), findings }
}

export interface AbortOptions {
  readonly live: LiveOptions
  readonly journal: string | undefined
}

export interface ReconfigAborted {
  readonly ensemble: string
  /** Null: there was none to give up. */
  readonly change: ChangeStatus | null
  /** What takes back the steps that were done; null when none was. */
  readonly undo: string | null
}

/** Ends the journal; the members stay as they are. Throws `refused.locked` while it runs. */
export async function abortReconfig({ live, journal: id }: AbortOptions): Promise<ReconfigAborted> {
  const { target } = await findTarget(live)
  const ensemble = targetName(target)
  const named = { ensemble, members: target.connect.map(addressText) }
  const journal = id === undefined ? await unfinishedReconfig(named) : await findJournal(id)
  if (journal === undefined || progressOf(journal).outcome !== null) return { ensemble, change: null, undo: null }
  if (isWorkedOn(journal) === true) {
    throw new ZkopsError('refused.locked', `${journal.id} is still being worked on`, { hint: 'Interrupt it first.' })
  }
  const { done, open: unknown } = progressOf(journal)
  const appender = await resumeJournal(journal)
  await appender.end('aborted', 'given up')
  const change = { ...changeStatus(journal), outcome: 'aborted' as const, running: false }
  return { ensemble, change, undo: done.size === 0 && unknown === null ? null : journal.plan.undo }
}
