/*
 * What is said before anything happens. A server accepts most of it: it replaces silently, takes ids that it does not
 * know for removed, and adds members that do not run.
 */
import { votersOf } from '../../cluster/quorum.ts'
import { canonicalServer, type ServerLine } from '../../config/ensemble.ts'
import type { Refusal } from '../../support/change.ts'
import { isHierarchical, leaderOf, linesOf, type Present } from './present.ts'
import { isMoved, newLines, type Path, type Wanted } from './wanted.ts'

/** These can be accepted by who knows what comes. */
export type Acceptable = 'leader' | 'two-voters' | 'reused-id' | 'unsafe' | 'degraded'

type Refuse = (code: string, why: string, counterexample?: Refusal['counterexample']) => Refusal

const refuse: Refuse = (code, why, counterexample = null) => ({ code: `refused.${code}`, why, counterexample })

/** About the request alone. */
export function refusedRequest(wanted: Wanted, present: Present, accept: ReadonlySet<Acceptable>): Refusal | undefined {
  const { membership } = present
  const joining = newLines(wanted, present)
  const bulk = ['apply', 'scale', 'resume'].includes(wanted.kind)
  if (!bulk && isHierarchical(membership)) {
    return refuse(
      'groups',
      'the servers decide by groups, and take only the whole membership then: zkops reconfig apply',
    )
  }
  for (const id of namedIds(wanted)) {
    if (!membership.servers.has(id)) {
      const known = [...membership.servers.keys()].join(', ')
      return refuse(
        'unknown-id',
        `server ${id} is no member: there are ${known}. A server would answer that it is done`,
      )
    }
  }
  for (const [id, line] of joining) {
    const wrong = wanted.kind === 'address' ? undefined : refusedJoiner(id, line, present, accept)
    if (wrong !== undefined) return wrong
    const incomplete = refusedLine(id, line, present)
    if (incomplete !== undefined) return incomplete
  }
  return undefined
}

/** Ids that have to be members. */
function namedIds(wanted: Wanted): readonly number[] {
  if (wanted.kind === 'remove') return wanted.ids
  if (wanted.kind === 'address') return [...linesOf([wanted.server]).keys()]
  return wanted.kind === 'replace' || wanted.kind === 'role' ? [wanted.id] : []
}

function refusedJoiner(
  id: number,
  line: ServerLine,
  { membership, seen, retired }: Present,
  accept: ReadonlySet<Acceptable>,
): Refusal | undefined {
  const old = membership.lines.get(id)
  if (old !== undefined) {
    const same = canonicalServer(old) === canonicalServer(line)
    const what = same ? 'as it is' : 'with another line, which would be replaced without a word'
    return refuse('member', `server ${id} is a member already, ${what}. Use reconfig address or role`)
  }
  if (retired.has(id) && !accept.has('reused-id')) {
    return refuse('reused-id', `the id ${id} was used before: a backup or a disk of that server could vote under it`)
  }
  if (id < 1 || id > 255) return refuse('id', `the id ${id} is not from 1 to 255`)
  const member = seen.get(id)
  if (member === undefined || !member.runs) {
    const why = member === undefined ? 'was not seen' : 'does not run'
    return refuse(
      'joiner-down',
      `server ${id} ${why}: a server adds it all the same, and it counts as lost from then on`,
    )
  }
  if (!member.synced || member.as === null) {
    return refuse('joiner-behind', `server ${id} is not in sync with the leader yet: wait until it is in broadcast`)
  }
  return undefined
}

/** What BadArguments would say, and what makes a member that clients cannot find. */
function refusedLine(id: number, line: ServerLine, { membership }: Present): Refusal | undefined {
  if (line.client === null) {
    return refuse('no-client-part', `server.${id} has no client address: add ;clientPort, or nobody can connect to it`)
  }
  const peers = new Set(
    line.addresses.flatMap(({ host, quorumPort, electionPort }) => [
      `${host}:${quorumPort}`,
      `${host}:${electionPort}`,
    ]),
  )
  for (const [other, { addresses }] of membership.lines) {
    if (other === id) continue
    const shared = addresses.find(({ host, quorumPort, electionPort }) =>
      [quorumPort, electionPort].some((port) => peers.has(`${host}:${port}`)),
    )
    if (shared !== undefined)
      return refuse('shared-address', `server ${id} would have an address of server ${other}, ${shared.host}`)
  }
  return undefined
}

/** About where it leads. */
export function refusedPath(path: Path, present: Present, accept: ReadonlySet<Acceptable>): Refusal | undefined {
  const { membership, standaloneEnabled } = present
  const before = votersOf(membership).length
  for (const [i, step] of path.entries()) {
    const voters = votersOf(step).length
    const last = i === path.length - 1
    if (voters < 2 && standaloneEnabled) {
      return refuse('below-two', 'the leader refuses less than two voters: standaloneEnabled=false has to be set first')
    }
    if (voters !== 2 || before === 2 || (last && before < 2) || accept.has('two-voters') || isHierarchical(step))
      continue
    const where = last ? 'there would be two voters' : 'on the way there would be two voters'
    return refuse('two-voters', `${where}: the loss of either stops the ensemble`, {
      step: i + 1,
      voters: votersOf(step).join(', '),
    })
  }
  return accept.has('leader') ? undefined : refusedLeader(path, present)
}

function refusedLeader(path: Path, present: Present): Refusal | undefined {
  const leader = leaderOf(present)
  const last = path.at(-1)
  if (leader === undefined || last === undefined) return undefined
  const [old, line] = [present.membership.lines.get(leader), last.lines.get(leader)]
  const what =
    line === undefined
      ? 'removed'
      : last.servers.get(leader) === 'observer'
        ? 'made an observer'
        : isMoved(old && { ...old, client: null }, { ...line, client: null })
          ? 'moved'
          : undefined
  if (what === undefined) return undefined
  const why = `server ${leader} leads and would be ${what}: it hands over, and its clients and this request lose their connection`
  return refuse('leader', `${why}. Restart it first, so that another one leads`)
}
