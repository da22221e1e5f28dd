/* What a roll is made of: which members, what is done to each, and what each kind of roll adds to a restart. */

import type { Applied, Check, Plan, Refusal } from '../../support/change.ts'
import type { Finding } from '../../support/finding.ts'
import type { Progress } from '../../support/progress.ts'
import type { FoundTarget, LiveOptions } from '../inventory/target.ts'
import type { Journal } from '../journal/journal.ts'
import type { MemberAction, MemberActions } from '../live/member-actions.ts'
import type { Observer, RollMember } from './view.ts'

export interface RollOptions {
  readonly live: LiveOptions
  /** Ids; undefined: all members. */
  readonly servers: readonly number[] | undefined
  /** A shell command of this machine that restarts a member. */
  readonly exec: string | undefined
  /** Between two members; undefined: twice the syncLimit. */
  readonly settleMs: number | undefined
  /** How long a command, and then the member, may take; undefined: as long as servers wait for each other, and more. */
  readonly waitMs: number | undefined
  /** What {to} stands for in commands. */
  readonly to?: string | undefined
}

export interface RollContext {
  readonly progress: Progress
  readonly signal: AbortSignal
}

/** What is known when a kind is asked. */
export interface RollScene {
  readonly found: FoundTarget
  readonly observer: Observer
  readonly members: readonly RollMember[]
  readonly actions: MemberActions
  readonly waitMs: number
  readonly signal: AbortSignal
}

/** What a kind of roll adds; everything may be repeated for a member, for a crash may have come in between. */
export interface RollKind {
  readonly kind: 'roll restart' | 'roll config' | 'roll upgrade'
  /** Of the steps. */
  readonly verb: string
  /** For the plan, besides what runs. */
  readonly detail?: (member: RollMember) => string
  readonly base?: Readonly<Record<string, unknown>>
  /** What it needs to be gone on with. */
  readonly data?: unknown
  readonly refused?: Refusal | null
  readonly findings?: readonly Finding[]
  readonly undo?: string
  /** Once, when it is confirmed, before the journal exists. */
  readonly begin?: () => Promise<void>
  /** Before anything of the member is stopped. */
  readonly before?: (member: RollMember) => Promise<void>
  readonly actions?: (member: RollMember) => readonly MemberAction[]
  /** Whether it needs no restart, before the plan. */
  readonly isDone?: (member: RollMember) => boolean
  /** What is wrong with it once it is back. */
  readonly after?: (member: RollMember) => Promise<string | undefined>
  readonly checks?: (members: readonly RollMember[]) => Promise<readonly Check[]>
}

export type RollKindOf = (scene: RollScene) => Promise<RollKind>

export interface RollWork extends RollScene, RollContext {
  readonly name: string
  readonly kind: RollKind
  readonly plan: Plan
  /** In the order of the plan's steps: the first is step 1. */
  readonly ids: readonly number[]
  /** Steps that need nothing any more. */
  readonly done: ReadonlySet<number>
  readonly settleMs: number
  readonly exec: string | undefined
  readonly to: string | undefined
  readonly resumed: Journal | null
}

/** One member, as it went. */
export interface RolledMember {
  readonly id: number
  readonly role: 'participant' | 'observer'
  /** As what it was restarted. */
  readonly state: string
  /** What ran, until it ended. */
  readonly commandsMs: number
  /** From then until it served again. */
  readonly readyMs: number
  readonly settleMs: number
}

export interface RollTiming {
  readonly totalMs: number
  /** In commands, and until members served and had settled. */
  readonly waitedMs: number
  readonly waitedShare: number
}

export interface RollApplied extends Applied {
  readonly members: readonly RolledMember[]
  readonly timing: RollTiming
}
