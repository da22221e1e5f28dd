/* Whether names mean the same wherever they are asked. */
import type { Finding } from '../../../support/finding.ts'
import { nameList, networkFinding } from './judge.ts'
import { HERE, type NamesSeen, type NetworkMember } from './model.ts'

export interface ComparedName {
  readonly name: string
  /** Null: it was not told from there. */
  readonly seen: readonly { readonly from: string; readonly addresses: readonly string[] | null }[]
  /** Between members; null: fewer than two of them tell. */
  readonly same: boolean | null
}

export interface ComparedNames {
  readonly names: readonly ComparedName[]
  readonly findings: readonly Finding[]
}

export function compareNames(
  names: readonly string[],
  seen: readonly NamesSeen[],
  members: readonly NetworkMember[],
): ComparedNames {
  const compared = names.map((name) => compareName(name, seen, members))
  return { names: compared.map(({ result }) => result), findings: compared.flatMap(({ findings }) => findings) }
}

function compareName(name: string, seen: readonly NamesSeen[], members: readonly NetworkMember[]) {
  const all = seen.map(({ from, names }) => ({ from, addresses: names.get(name) ?? null }))
  const own = members.filter(({ peers }) => peers.some(({ host }) => host === name)).map((member) => member.name)
  const told = all.filter(({ addresses }) => addresses !== null) as { from: string; addresses: readonly string[] }[]
  const nobody = told.filter(({ addresses }) => addresses.length === 0)
  const known = told.filter(({ addresses }) => addresses.length > 0)
  const others = known.filter(({ addresses }) => !addresses.every(isLoopback))
  const looped = known.filter(
    ({ from, addresses }) =>
      own.includes(from) && addresses.some(isLoopback) && others.some((one) => one.from !== from),
  )
  const comparable = known.filter((one) => one.from !== HERE && !looped.includes(one))
  const kinds = new Set(comparable.map(({ addresses }) => addresses.join(' ')))
  const same = comparable.length < 2 ? null : kinds.size === 1
  const findings: Finding[] = []
  const evidence = { name, seen: Object.fromEntries(all.map(({ from, addresses }) => [from, addresses])) }
  if (nobody.length > 0) {
    const where = nobody.map(({ from }) => from)
    const who = where.length === 1 && where[0] === HERE ? 'this machine' : nameList(where.filter((one) => one !== HERE))
    const severity = where.some((one) => one !== HERE) || members.length === 0 ? 'error' : 'warning'
    findings.push(
      networkFinding('network.name-unresolved', severity, `${who} cannot resolve ${name}`, undefined, evidence),
    )
  }
  for (const { from, addresses } of looped) {
    const message = `its own name ${name} is ${addresses.join(' ')} to itself`
    findings.push(networkFinding('network.own-name-loopback', 'warning', message, from, evidence))
  }
  if (same === false) {
    const message = `members resolve ${name} to different addresses`
    findings.push(networkFinding('network.names-differ', 'warning', message, undefined, evidence))
  }
  return { result: { name, seen: all, same }, findings }
}

const isLoopback = (address: string): boolean => /^127\.|^::1$|^::ffff:127\./.test(address)
