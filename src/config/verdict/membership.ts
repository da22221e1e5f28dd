/*
 * The quorum verifiers that 3.5 and later build from server, group, weight and version lines (QuorumMaj,
 * QuorumHierarchical, QuorumOracleMaj), and what parseDynamicConfig asks of them. Keys and values are not trimmed here.
 */
import { longMapOrder } from '../java/hash-order.ts'
import { configError, illegalArgument, JavaError, javaSplit, javaTrim, parseInt64 } from '../java/values.ts'
import { type LineContext, parseServerLine, type ServerSpec } from './server-line.ts'

export type Pairs = readonly (readonly [key: string, value: string])[]

export interface Membership {
  readonly servers: ReadonlyMap<bigint, ServerSpec>
  readonly voters: number
  readonly observers: number
}

export interface MembershipOptions extends LineContext {
  /** Other keys are allowed: the static file is read. */
  readonly compatible: boolean
  readonly standaloneEnabled: boolean
  readonly oraclePath: boolean
}

/** parseDynamicConfig. */
export function readMembership(pairs: Pairs, options: MembershipOptions): Membership {
  for (const [key] of pairs) {
    const name = javaTrim(key)
    const known = isGrouping(name) || name.startsWith('server.') || name === 'version'
    if (!known && !options.compatible) throw configError(`Unrecognised parameter: ${name}`)
  }
  const hierarchical = isHierarchical(pairs) && !options.oraclePath
  const membership = readVerifier(pairs, hierarchical, options)
  const { voters, observers } = membership
  if (voters === 0) {
    if (!options.standaloneEnabled) {
      throw illegalArgument('standaloneEnabled = false then number of participants should be >0')
    }
    if (observers > 0) throw illegalArgument('Observers w/o participants is an invalid configuration')
  } else if (voters === 1 && options.standaloneEnabled && observers > 0) {
    throw illegalArgument('Observers w/o quorum is an invalid configuration')
  }
  return membership
}

export function isHierarchical(pairs: Pairs): boolean {
  return pairs.some(([key]) => isGrouping(javaTrim(key)))
}

export function isGrouping(key: string): boolean {
  return key.startsWith('group') || key.startsWith('weight')
}

export function readVerifier(pairs: Pairs, hierarchical: boolean, context: LineContext): Membership {
  const servers = new Map<bigint, ServerSpec>()
  const groups = new Map<bigint, bigint>()
  const weights = new Map<bigint, bigint>()
  for (const [key, value] of pairs) {
    if (key.startsWith('server.')) {
      const id = numberBehindDot(key)
      servers.set(id, parseServerLine(id, value, context))
    } else if (hierarchical && isGrouping(key)) {
      readGrouping(key, value, groups, weights)
    } else if (key === 'version') {
      parseInt64(value, 16)
    }
  }
  if (hierarchical) checkGroups(servers, groups, weights)
  const voters = [...servers.values()].filter(({ role }) => role === 'participant').length
  return { servers, voters, observers: servers.size - voters }
}

export function numberBehindDot(key: string): bigint {
  return parseInt64(key.slice(key.indexOf('.') + 1))
}

/** One group or weight line. */
export function readGrouping(
  key: string,
  value: string,
  groups: Map<bigint, bigint>,
  weights: Map<bigint, bigint>,
): void {
  const id = numberBehindDot(key)
  if (key.startsWith('weight')) {
    weights.set(id, parseInt64(value))
    return
  }
  for (const member of javaSplit(value, ':')) {
    const sid = parseInt64(member)
    if (groups.has(sid)) throw configError(`Server ${sid}is in multiple groups`)
    groups.set(sid, id)
  }
}

function checkGroups(
  servers: ReadonlyMap<bigint, ServerSpec>,
  groups: ReadonlyMap<bigint, bigint>,
  weights: Map<bigint, bigint>,
): void {
  for (const id of longMapOrder(servers.keys())) {
    if (servers.get(id)!.role !== 'participant') continue
    if (!groups.has(id)) throw configError(`Server ${id}is not in a group`)
    if (!weights.has(id)) weights.set(id, 1n)
  }
  weighGroups(groups, weights)
}

/** computeGroupWeight: a grouped id without a weight is a null that Java trips over. */
export function weighGroups(groups: ReadonlyMap<bigint, bigint>, weights: ReadonlyMap<bigint, bigint>): void {
  const sums = new Map<bigint, bigint | undefined>()
  const nullLong = (method: string) =>
    new JavaError(
      'NullPointerException',
      `Cannot invoke "java.lang.Long.longValue()" because the return value of "${method}" is null`,
    )
  for (const id of longMapOrder(groups.keys())) {
    const group = groups.get(id)!
    const weight = weights.get(id)
    if (!sums.has(group)) {
      sums.set(group, weight)
      continue
    }
    const sum = sums.get(group)
    if (weight === undefined || sum === undefined) throw nullLong('java.util.HashMap.get(Object)')
    sums.set(group, BigInt.asIntN(64, weight + sum))
  }
  if ([...sums.values()].includes(undefined)) throw nullLong('java.util.Iterator.next()')
}
