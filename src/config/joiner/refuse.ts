/* Why a member must not join as it was asked for. */
import type { Refusal } from '../../support/change.ts'
import { canonicalServer, readEnsemble, type ServerLine } from '../ensemble.ts'
import { meaningOf } from '../keys/meaning.ts'
import { effectiveOf, type Member, memberId } from '../member.ts'
import type { Release } from '../release.ts'
import { NO_FACTS } from '../rules/facts.ts'
import { rule as juteDiffers } from '../rules/jute-maxbuffer-differs.ts'
import { rule as membersDiffer } from '../rules/members-differ.ts'
import { rule as reconfigDiffers } from '../rules/reconfig-differs.ts'
import type { Rule } from '../rules/rule.ts'
import { rule as serverListsDiffer } from '../rules/server-lists-differ.ts'
import { rule as tickDiffers } from '../rules/tick-differs.ts'
import type { Joiner, JoinerInputs } from './joiner.ts'

const SHARED: readonly Rule[] = [tickDiffers, membersDiffer, reconfigDiffers, juteDiffers, serverListsDiffer]

/** What running members say of their settings, each with who says it. */
export interface LiveSetting {
  readonly member: string
  readonly key: string
  readonly value: string
}

export function refuseJoiners(
  inputs: JoinerInputs,
  members: readonly Member[],
  live: readonly LiveSetting[],
): Refusal | undefined {
  const { servers, groups } = readEnsemble(inputs.present)
  const present = [...servers.values()]
  const { joiners, release } = inputs
  return (
    (present.length === 0 ? alone(inputs.base) : undefined) ??
    oldRelease(release) ??
    // an id that only a file knows was used once
    first(joiners, (joiner) => idTaken(joiner, [...present, ...inputs.base.ensemble.servers.values()])) ??
    first(joiners, (joiner) => addressTaken(joiner, [...present, ...joiners.map(({ line }) => line)])) ??
    twoParticipants(joiners) ??
    (groups.size > 0 ? first(joiners, ungrouped) : undefined) ??
    membersDisagree(members, release) ??
    liveDiffers(inputs.base, live, release) ??
    first(joiners, (joiner) => sharedPlaces(joiner, inputs, present))
  )
}

function first(joiners: readonly Joiner[], check: (joiner: Joiner) => Refusal | undefined): Refusal | undefined {
  for (const joiner of joiners) {
    const refused = check(joiner)
    if (refused !== undefined) return refused
  }
  return undefined
}

function refusal(code: string, why: string, counterexample: Refusal['counterexample'] = null): Refusal {
  return { code: `refused.${code}`, why, counterexample }
}

function alone({ file }: Member): Refusal {
  const why = `${file} names no members: a server that runs alone cannot be joined. Give it a server line and standaloneEnabled=false, restart it, and come again.`
  return refusal('no-ensemble', why)
}

function oldRelease({ minor, name }: Release): Refusal | undefined {
  if (minor > 4) return undefined
  const why = `servers of ${name} take new members from their files only: add the server line to every member's zoo.cfg and restart them one at a time`
  return refusal('no-reconfig', why)
}

function idTaken({ id, value }: Joiner, present: readonly ServerLine[]): Refusal | undefined {
  const taken = present.find((server) => server.id === id)
  if (taken === undefined) return undefined
  const line = `server.${id}=${taken.setting.value}`
  const why = `the id ${id} is taken: ${line}. Adding it would silently replace that member; use an id that was never used.`
  return refusal('id-taken', why, { present: line, joining: `server.${id}=${value}` })
}

function addressTaken({ id, line, value }: Joiner, others: readonly ServerLine[]): Refusal | undefined {
  const pairs = (server: ServerLine) =>
    server.addresses.flatMap(({ host, quorumPort, electionPort }) =>
      [quorumPort, electionPort].map((port) => `${host.toLowerCase()}:${port}`),
    )
  const own = new Set(pairs(line))
  for (const other of others) {
    const same = other.id === id ? undefined : pairs(other).find((pair) => own.has(pair))
    if (same === undefined) continue
    const counterexample = { present: `server.${other.id}=${other.setting.value}`, joining: `server.${id}=${value}` }
    return refusal('address-taken', `server.${id} and server.${other.id} would both be at ${same}`, counterexample)
  }
  return undefined
}

function twoParticipants(joiners: readonly Joiner[]): Refusal | undefined {
  const voters = joiners.filter(({ line }) => line.role === 'participant')
  if (joiners.length < 2 || voters.length === 0) return undefined
  const ids = voters.map(({ id }) => id).join(' and ')
  const why =
    voters.length === 1
      ? `server.${ids} would join as a participant together with others: let it join alone, or all of them as observers`
      : `${ids} would know each other as participants: without data they could elect one of themselves and outvote the members that have the data. Let them join one after the other, each when the one before is added, or all as observers.`
  return refusal('two-participants', why, { participants: voters.map(({ id, value }) => `server.${id}=${value}`) })
}

function ungrouped({ id, line }: Joiner): Refusal | undefined {
  if (line.role === 'observer') return undefined
  const why = `the members are in groups, and a voter without a group is refused by servers: let server.${id} join as observer, and give it role and group in one change of the whole membership`
  return refusal('groups', why)
}

/** Members that differ among themselves leave no value to take. */
function membersDisagree(members: readonly Member[], release: Release): Refusal | undefined {
  const context = { release, exactRelease: false, members, verdicts: new Map(), facts: NO_FACTS }
  const issues = SHARED.flatMap((rule) => [...rule.check(context)])
  if (issues.length === 0) return undefined
  const differences = issues.map(({ member, message }) => `${member.file}: ${message}`)
  const why = `the members' files differ where they should not, so it is not clear what the new member should have: ${differences[0]}`
  return refusal('members-differ', why, { differences })
}

function liveDiffers(base: Member, live: readonly LiveSetting[], release: Release): Refusal | undefined {
  const differences = live.flatMap(({ member, key, value }) => {
    const file = effectiveOf(base, key, release)
    const same = file === null || meaningOf(key, file) === meaningOf(key, value)
    return same ? [] : [{ member, key, running: value, file }]
  })
  const [one] = differences
  if (one === undefined) return undefined
  const why = `${base.file} is not what the members run with: ${one.key} is ${one.running} on ${one.member} and ${one.file} in the file`
  return refusal('static-differs', why, { differences })
}

/** Two servers on one host cannot have one directory. */
function sharedPlaces({ id, line }: Joiner, inputs: JoinerInputs, present: readonly ServerLine[]): Refusal | undefined {
  const { base, places, joiners } = inputs
  const hosts = new Set(line.addresses.map(({ host }) => host.toLowerCase()))
  const isHere = (other: ServerLine) =>
    other.id !== id && other.addresses.some(({ host }) => hosts.has(host.toLowerCase()))
  const neighbour = [...present, ...joiners.map((one) => one.line)].find(isHere)
  if (neighbour === undefined) return undefined
  const joining = joiners.some((one) => one.id === neighbour.id)
  // the base's directories are known, those of others are not
  const baseId = memberId(base)
  if (!joining && (places.dataDir !== undefined || (baseId !== null && baseId !== neighbour.id))) return undefined
  const why = `server.${id} and server.${neighbour.id} are on one host and would have the same dataDir`
  return refusal('shared-directory', `${why}: give the new one its own with --data-dir and --log-dir`, {
    present: `server.${neighbour.id}=${canonicalServer(neighbour)}`,
  })
}
