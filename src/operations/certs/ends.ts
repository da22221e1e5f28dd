/* When certificates end, for checks that run often: of ports for clients and of the AdminServer, and of key stores. */
import type { X509Certificate } from 'node:crypto'
import { servedChain } from '../../cluster/served-chain.ts'
import { type Member, memberId } from '../../config/member.ts'
import { tlsMaterial } from '../ensemble/observe-target.ts'
import type { Target } from '../inventory/target.ts'
import { storesOf } from '../zoo-cfg/member-store.ts'
import { endOf, oneLine, startOf } from './certificate.ts'
import { tlsPorts } from './sources.ts'

export interface CertificateEnd {
  readonly member: number | null
  readonly where: string
  readonly subject: string
  readonly fromMs: number
  readonly toMs: number
}

export async function clientCertificates(
  target: Target,
  configs: readonly Member[],
  signal: AbortSignal,
): Promise<readonly CertificateEnd[]> {
  const material = await tlsMaterial(target.tls)
  const ports = tlsPorts(target, configs, false).filter(({ kind }) => kind === 'client' || kind === 'admin')
  const served = await Promise.all(
    ports.map(async ({ member, kind, host, port }) => {
      const seen = await servedChain({ host, port, tls: material }, { timeoutMs: target.timeoutMs, signal })
      const chain = seen.state === 'tls' ? seen.chain : []
      return chain.map((one) => endFrom(member, `${kind} port ${host}:${port}`, one))
    }),
  )
  return once([...served.flat(), ...configs.flatMap(storeEnds)])
}

/** A certificate of a member is one, however many places show it. */
function once(all: readonly CertificateEnd[]): readonly CertificateEnd[] {
  const places = new Map<string, Set<string>>()
  const keyOf = ({ member, subject, fromMs, toMs }: CertificateEnd) => `${member} ${subject} ${fromMs} ${toMs}`
  const firsts = all.filter((one) => {
    const key = keyOf(one)
    const known = places.get(key)
    places.set(key, (known ?? new Set()).add(one.where))
    return known === undefined
  })
  return firsts.map((one) => ({ ...one, where: [...places.get(keyOf(one))!].join(', ') }))
}

function storeEnds(config: Member): readonly CertificateEnd[] {
  const id = memberId(config)
  return storesOf(config).flatMap(({ role, location, outcome }) => {
    const own = outcome.state === 'opened' && role === 'keyStore' ? outcome.own : []
    return own.map((one) => endFrom(id === null ? null : Number(id), location.value, one))
  })
}

function endFrom(member: number | null, where: string, one: X509Certificate): CertificateEnd {
  return { member, where, subject: oneLine(one.subject), fromMs: startOf(one), toMs: endOf(one) }
}
