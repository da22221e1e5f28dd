import { groupBy } from '../../support/group.ts'
import { canonicalServer, type Ensemble, votersOf } from '../ensemble.ts'
import { ensembleRule, majority, minorities } from './rule.ts'

const LISTS = new WeakMap<Ensemble, string>()

function listOf(ensemble: Ensemble): string {
  let list = LISTS.get(ensemble)
  if (list === undefined) LISTS.set(ensemble, (list = linesOf(ensemble).join('\n')))
  return list
}

/** Client parts are each member's own business. */
function linesOf({ servers, groups, weights }: Ensemble): readonly string[] {
  return [
    ...[...servers.values()].map((server) => `server.${server.id}=${canonicalServer({ ...server, client: null })}`),
    ...[...groups].map(([id, ids]) => `group.${id}=${ids.map(String).sort().join(':')}`),
    ...[...weights].map(([id, weight]) => `weight.${id}=${weight}`),
  ].sort()
}

/** At most these are told one by one. */
const SHOWN = 20

function differencesOf(most: Ensemble, own: Ensemble): readonly string[] {
  const [theirs, ours] = [new Set(linesOf(most)), new Set(linesOf(own))]
  const all = [
    ...[...theirs].filter((line) => !ours.has(line)).map((line) => `not here: ${line}`),
    ...[...ours].filter((line) => !theirs.has(line)).map((line) => `only here: ${line}`),
  ]
  return all.length <= SHOWN ? all : [...all.slice(0, SHOWN), `and ${all.length - SHOWN} more`]
}

/** Whether a quorum of each can be had without a common member: d members of its own each, C shared. */
function disjoint(a: Ensemble, b: Ensemble): boolean {
  const [x, y] = [votersOf(a), votersOf(b)].map((voters) => new Set(voters.map(({ id }) => id)))
  if (x!.size === 0 || y!.size === 0) return false
  const shared = [...x!].filter((id) => y!.has(id)).length
  const needed = (size: number) => Math.max(0, Math.floor(size / 2) + 1 - (size - shared))
  return needed(x!.size) + needed(y!.size) <= shared
}

export const rule = ensembleRule(
  {
    id: 'L-S09',
    code: 'config.server-lists-differ',
    level: 'HIGH',
    summary: 'Members have different lists of members.',
    cause:
      'Files were changed one by one and the round is not finished, or somebody forgot one. Members that count different quorums can elect two leaders.',
    evidence: 'Who says what; whether two quorums without a common member are possible.',
    remedy: 'Make the lists equal, one member at a time, waiting for the ensemble to be whole in between.',
    source: 'operations: when rolling file edits are safe',
  },
  function* ({ members }) {
    const lists = groupBy(members, ({ ensemble }) => listOf(ensemble))
    const most = lists.get(majority(lists))?.[0]
    for (const [, member] of minorities(lists)) {
      const split = disjoint(most!.ensemble, member.ensemble)
      const differences = differencesOf(most!.ensemble, member.ensemble)
      const message = `its list of members differs from that of ${most!.file}: ${differences.join('; ')}`
      const danger = split ? '; two leaders at once are possible' : ''
      yield {
        member,
        message: `${message}${danger}`,
        level: split ? 'ERROR' : 'HIGH',
        evidence: { differences, disjointQuorums: split },
      }
    }
  },
)
