/* Changes of members that were begun from this machine: how far they came, and how to go on; giving one up. */

import { addressText } from '../../config/inventory/connect.ts'
import { ZkopsError } from '../../support/errors.ts'
import type { Finding } from '../../support/finding.ts'
import { targetName } from '../ensemble/observe-target.ts'
import { findTarget, type LiveOptions } from '../inventory/target.ts'
import {
  findJournal,
  isWorkedOn,
  type Journal,
  type JournalOutcome,
  journalsOf,
  progressOf,
  resumeJournal,
} from '../journal/journal.ts'
import { unfinishedReconfig } from './resume.ts'

export interface ReconfigStatusOptions {
  readonly live: LiveOptions
  /** Finished ones too. */
  readonly all: boolean
}

export interface StatusStep {
  readonly n: number
  readonly detail: string
  /** `unknown`: it was begun, and nobody wrote how it ended. */
  readonly state: 'done' | 'unknown' | 'failed' | 'open'
}

export interface StatusChange {
  readonly id: string
  readonly file: string
  readonly kind: string
  readonly startedAt: string
  readonly by: string
  /** Null: another machine's. */
  readonly running: boolean | null
  readonly outcome: JournalOutcome | null
  readonly steps: readonly StatusStep[]
  readonly undo: string
}

export interface ReconfigStatus {
  readonly ensemble: string
  readonly changes: readonly StatusChange[]
  readonly findings: readonly Finding[]
}

/** No server is asked. Throws as findTarget does. */
export async function reconfigStatus({ live, all }: ReconfigStatusOptions): Promise<ReconfigStatus> {
  const { target, findings } = await findTarget(live)
  const ensemble = targetName(target)
  const journals = await journalsOf({ ensemble, members: target.connect.map(addressText) })
  const own = journals.filter((journal) => journal.kind === 'reconfig')
  const shown = all ? own : own.filter((journal) => progressOf(journal).outcome === null)
  return { ensemble, changes: shown.map(statusOf), findings }
}

export function statusOf(journal: Journal): StatusChange {
  const { id, file, plan, startedAt, by } = journal
  const { done, open, outcome } = progressOf(journal)
  const failed = journal.entries.flatMap((entry) => (entry.event === 'failed' ? [entry.step] : []))
  const steps = plan.steps.map(({ n, detail }): StatusStep => {
    const state = done.has(n) ? 'done' : open === n ? 'unknown' : failed.includes(n) ? 'failed' : 'open'
    return { n, detail, state }
  })
  return {
    ...{ id, file, kind: plan.kind, startedAt, by: `${by.user} on ${by.host}` },
    ...{ running: outcome === null ? (isWorkedOn(journal) ?? null) : false, outcome, steps, undo: plan.undo },
  }
}

export interface AbortOptions {
  readonly live: LiveOptions
  readonly journal: string | undefined
}

export interface ReconfigAborted {
  readonly ensemble: string
  /** Null: there was none to give up. */
  readonly change: StatusChange | null
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
  const change = { ...statusOf(journal), outcome: 'aborted' as const, running: false }
  return { ensemble, change, undo: done.size === 0 && unknown === null ? null : journal.plan.undo }
}
