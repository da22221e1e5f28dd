/*
 * From what is wanted to memberships, one after the other. Several are tried where there is a choice, the shortest first;
 * the first that survives every loss is taken.
 *
 *   add, remove, replace   one request
 *   role                   one; an observer whose vote is needed for the decision is taken out first and comes back as a voter
 *   address                one
 *   resume                 as it was planned
 *   apply, scale           one request for all; else addresses one by one (the leader's last), then server by server
 */
import { type GivenMembership, parseMembership } from '../../cluster/membership.ts'
import { oneByOne } from '../../cluster/one-by-one.ts'
import { type Role, votersOf } from '../../cluster/quorum.ts'
import { canonicalServer, type ServerLine } from '../../config/ensemble.ts'
import { ZkopsError } from '../../support/errors.ts'
import { isHierarchical, leaderOf, linesOf, type Present, withLines } from './present.ts'

export type Wanted =
  /** Server lines, `server.N=…`. */
  | { readonly kind: 'add'; readonly servers: readonly string[] }
  | { readonly kind: 'remove'; readonly ids: readonly number[] }
  | { readonly kind: 'replace'; readonly id: number; readonly by: string }
  | { readonly kind: 'role'; readonly id: number; readonly role: Role }
  | { readonly kind: 'address'; readonly server: string }
  /** Server lines, groups and weights. */
  | { readonly kind: 'apply'; readonly entries: readonly string[] }
  /** So many voters: joiners are taken in their order, those with the highest ids leave, the leader last. */
  | { readonly kind: 'scale'; readonly voters: number; readonly joiners: readonly string[] }
  /** Memberships one after the other, as they were planned before. */
  | { readonly kind: 'resume'; readonly memberships: readonly (readonly string[])[] }

export type Path = readonly GivenMembership[]

/** Throws `usage` for lines that are none. */
export function pathsOf(wanted: Wanted, present: Present): readonly Path[] {
  const { membership } = present
  const { lines } = membership
  switch (wanted.kind) {
    case 'add':
    case 'replace':
    case 'remove':
    case 'address':
      return [[withLines(membership, changed(lines, wanted))]]
    case 'role':
      return rolePaths(wanted, present)
    case 'apply':
      return bulkPaths(present, parseMembership(wanted.entries))
    case 'scale':
      return bulkPaths(present, scaled(wanted, present))
    case 'resume':
      return [wanted.memberships.map(parseMembership)]
  }
}

type Incremental = Extract<Wanted, { readonly kind: 'add' | 'replace' | 'remove' | 'address' }>

function changed(lines: ReadonlyMap<number, ServerLine>, wanted: Incremental): ReadonlyMap<number, ServerLine> {
  const all = new Map(lines)
  const leaving = wanted.kind === 'remove' ? wanted.ids : wanted.kind === 'replace' ? [wanted.id] : []
  for (const id of leaving) all.delete(id)
  for (const [id, line] of linesOf(joiningOf(wanted))) all.set(id, line)
  return all
}

function joiningOf(wanted: Incremental): readonly string[] {
  if (wanted.kind === 'add') return wanted.servers
  if (wanted.kind === 'replace') return [wanted.by]
  return wanted.kind === 'address' ? [wanted.server] : []
}

/** The lines that a request brings: those of members as well where it names them, new ones only where it is a whole. */
export function newLines(wanted: Wanted, present: Present): ReadonlyMap<number, ServerLine> {
  if (wanted.kind === 'role') return new Map()
  if (wanted.kind !== 'apply' && wanted.kind !== 'scale' && wanted.kind !== 'resume') {
    return linesOf(joiningOf(wanted))
  }
  const { lines } =
    wanted.kind === 'apply'
      ? parseMembership(wanted.entries)
      : wanted.kind === 'scale'
        ? scaled(wanted, present)
        : parseMembership(wanted.memberships.at(-1)!)
  return new Map([...lines].filter(([id]) => !present.membership.servers.has(id)))
}

function rolePaths({ id, role }: Extract<Wanted, { kind: 'role' }>, { membership }: Present): readonly Path[] {
  const line = membership.lines.get(id)
  if (line === undefined) return []
  const direct = withLines(membership, new Map(membership.lines).set(id, { ...line, role, roleGiven: true }))
  if (role === 'observer') return [[direct]]
  const without = new Map(membership.lines)
  without.delete(id)
  return [[direct], [withLines(membership, without), direct]]
}

function scaled({ voters, joiners }: Extract<Wanted, { kind: 'scale' }>, present: Present): GivenMembership {
  const { membership } = present
  const all = new Map(membership.lines)
  const leader = leaderOf(present)
  const now = votersOf(membership).toSorted((a, b) => Number(a === leader) - Number(b === leader) || b - a)
  for (const id of now.slice(0, Math.max(0, now.length - voters))) all.delete(id)
  const missing = voters - now.length
  const coming = [...linesOf(joiners)].slice(0, Math.max(0, missing))
  if (missing > coming.length) {
    throw new ZkopsError('usage', `${missing} voters are missing, and ${coming.length} are named to join`)
  }
  for (const [id, line] of coming) all.set(id, line)
  return withLines(membership, all)
}

function bulkPaths(present: Present, to: GivenMembership): readonly Path[] {
  const { membership } = present
  const moving = [...to.lines].filter(([id, line]) => isMoved(membership.lines.get(id), line)).map(([id]) => id)
  if (isHierarchical(membership) || isHierarchical(to)) return [[to]]
  const leader = leaderOf(present)
  const order = moving.toSorted((a, b) => Number(a === leader) - Number(b === leader) || a - b)
  const steps: GivenMembership[] = []
  let now = membership
  for (const id of order) {
    const line = { ...to.lines.get(id)!, role: now.lines.get(id)!.role }
    now = withLines(now, new Map(now.lines).set(id, line))
    steps.push(now)
  }
  const moved = now
  const slowly = oneByOne(moved, to).map((servers) =>
    withLines(
      moved,
      new Map([...servers].map(([id, role]) => [id, { ...(to.lines.get(id) ?? moved.lines.get(id)!), role }])),
    ),
  )
  const rest = slowly.length === 0 ? [] : [to]
  return [
    [...steps, ...rest],
    [...steps, ...slowly],
  ]
}

/** Other hosts or ports, whatever the role. */
export function isMoved(old: ServerLine | undefined, line: ServerLine): boolean {
  return old !== undefined && canonicalServer({ ...old, role: line.role }) !== canonicalServer(line)
}
