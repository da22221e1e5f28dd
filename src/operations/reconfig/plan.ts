/*
 * A change of members, from what is and what is wanted; pure.
 *
 * 1. The request itself: unknown ids, silent replacements, used ids, joiners that do not run or are behind.
 * 2. Ways to get there (wanted.ts), the shortest first; a way is taken when the checker (cluster/check-plan.ts) finds no
 *    loss that stops it, and it passes no two voters and does not touch the leader.
 * 3. Steps as requests, each conditional on the version that the one before left; the inverse as a command.
 *
 * What it was computed from stands in `base`, so that a saved plan can be simulated and refused when the world moved.
 */
import { checkPlan } from '../../cluster/check-plan.ts'
import { counterexampleText } from '../../cluster/counterexample.ts'
import { type GivenMembership, memberNames } from '../../cluster/membership.ts'
import { makePlan, type Plan, type Refusal } from '../../support/change.ts'
import { entriesOf, isHierarchical, lineOf, type Present } from './present.ts'
import { type Acceptable, refusedPath, refusedRequest } from './refusals.ts'
import { type Path, pathsOf, type Wanted } from './wanted.ts'

export type { Present, SeenMember } from './present.ts'
export type { Acceptable } from './refusals.ts'
export type { Wanted } from './wanted.ts'

/** As it is sent. */
export interface ReconfigStep {
  /** Server lines; null: none. */
  readonly joining: string | null
  readonly leaving: string | null
  /** All of them, in place of joining and leaving. */
  readonly members: string | null
  readonly to: GivenMembership
}

export interface ReconfigPlan {
  readonly plan: Plan
  readonly requests: readonly ReconfigStep[]
  /** The command that takes it back. */
  readonly undo: string
  readonly refused: Refusal | null
}

const NO_LOSS = { txns: 0, firstZxid: null, lastZxid: null, znodes: [], bytes: 0 }

/** Throws `usage` for server lines that are none. */
export function planReconfig(
  wanted: Wanted,
  present: Present,
  accept: ReadonlySet<Acceptable> = new Set(),
): ReconfigPlan {
  const early = refusedRequest(wanted, present, accept)
  if (early !== undefined) return refusedPlan(wanted, present, early)
  const paths = pathsOf(wanted, present)
  const chosen = choose(paths, present, accept)
  if (chosen.refused !== undefined) return refusedPlan(wanted, present, chosen.refused)
  const requests = requestsOf(chosen.path, present.membership)
  if (requests.length === 0) {
    const why = 'this is the membership already; a server would make a new version of it'
    return refusedPlan(wanted, present, { code: 'refused.nothing-to-do', why, counterexample: null })
  }
  const undo = `${undoOf(wanted, present)}${present.flags ?? ''}`
  return { plan: planOf(wanted, present, chosen.path, requests, undo), requests, undo, refused: null }
}

type Choice = { readonly path: Path; readonly refused?: undefined } | { readonly refused: Refusal }

/** The first way that is safe; else why the first one is not. */
function choose(paths: readonly Path[], present: Present, accept: ReadonlySet<Acceptable>): Choice {
  let refused: Refusal | undefined
  for (const path of paths) {
    const wrong = refusedPath(path, present, accept) ?? (accept.has('unsafe') ? undefined : unsafe(path, present))
    if (wrong === undefined) return { path }
    refused ??= wrong
  }
  return { refused: refused! }
}

function unsafe(path: Path, present: Present): Refusal | undefined {
  const { membership } = present
  const verdict = checkPlan({
    from: membership,
    steps: path.map((to) => ({ kind: 'reconfig', to })),
    ...membersDown(path, present),
    ...{ empty: [], emptyReturns: false },
  })
  const { counterexample } = verdict
  if (counterexample === null) return undefined
  const names = memberNames([membership, ...path])
  const { step, phase, lost, kind } = counterexample
  const example = { step, phase, kind, lost: lost.map(names).join(', ') }
  return { code: 'refused.unsafe', why: counterexampleText(counterexample, names), counterexample: example }
}

function membersDown(path: Path, { membership, seen }: Present) {
  const ids = [...new Set([membership, ...path].flatMap(({ servers }) => [...servers.keys()]))]
  const down = ids.filter((id) => seen.get(id)?.runs !== true)
  return { down, behind: ids.filter((id) => !down.includes(id) && seen.get(id)?.synced !== true) }
}

function requestsOf(path: Path, from: GivenMembership): readonly ReconfigStep[] {
  let now = from
  return path.flatMap((to): readonly ReconfigStep[] => {
    const before = now
    now = to
    const leaving = [...before.servers.keys()].filter((id) => !to.servers.has(id))
    const joining = [...to.servers.keys()].filter(
      (id) => !before.servers.has(id) || lineOf(before, id) !== lineOf(to, id),
    )
    const grouped = isHierarchical(before) || isHierarchical(to)
    if (grouped) {
      const members = entriesOf(to).join(',')
      return members === entriesOf(before).join(',') ? [] : [{ joining: null, leaving: null, members, to }]
    }
    if (joining.length + leaving.length === 0) return []
    return [
      {
        joining: joining.length === 0 ? null : joining.map((id) => lineOf(to, id)).join(','),
        leaving: leaving.length === 0 ? null : leaving.join(','),
        ...{ members: null, to },
      },
    ]
  })
}

function planOf(wanted: Wanted, present: Present, path: Path, requests: readonly ReconfigStep[], undo: string): Plan {
  const { ensemble, version, membership } = present
  const { down, behind } = membersDown(path, present)
  return makePlan({
    kind: `reconfig ${wanted.kind}`,
    base: { ensemble, version, memberships: [membership, ...path].map(entriesOf), down, behind },
    steps: requests.map(({ joining, leaving, members }) => ({
      action: 'reconfig',
      target: ensemble,
      detail: [
        ...(members === null ? [] : [`all members: ${members}`]),
        ...(leaving === null ? [] : [`leaving: ${leaving}`]),
        ...(joining === null ? [] : [`joining: ${joining}`]),
      ].join('; '),
      reversible: true,
    })),
    loses: NO_LOSS,
    undo,
  })
}

function refusedPlan(wanted: Wanted, present: Present, refused: Refusal): ReconfigPlan {
  const undo = 'nothing to undo'
  return { plan: planOf(wanted, present, [], [], undo), requests: [], undo, refused }
}

/** The command that leads back; joiners that ran before run still. */
function undoOf(wanted: Wanted, { membership }: Present): string {
  const line = (id: number) => `'${lineOf(membership, id)}'`
  const idsIn = (lines: readonly string[]) => lines.map((text) => /^(?:server\.)?(\d+)/.exec(text)![1]!)
  switch (wanted.kind) {
    case 'add':
      return `zkops reconfig remove ${idsIn(wanted.servers).join(' ')}`
    case 'remove':
      return `zkops reconfig add ${wanted.ids.map(line).join(' ')}`
    case 'replace':
      return `zkops reconfig replace ${idsIn([wanted.by])[0]} --with ${line(wanted.id)}`
    case 'role':
      return `zkops reconfig role ${wanted.id} ${membership.servers.get(wanted.id)}`
    case 'address': {
      const id = Number(idsIn([wanted.server])[0])
      return `zkops reconfig address ${id} --spec ${line(id)}`
    }
    case 'apply':
    case 'scale':
    case 'resume':
      return `zkops reconfig apply --servers ${entriesOf(membership)
        .map((entry) => `'${entry}'`)
        .join(' ')}`
  }
}
