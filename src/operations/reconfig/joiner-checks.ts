/*
 * Of a server that joins: that it is this server, connected to this ensemble, in sync, reachable, and like the others.
 * The servers check none of it: they take one that does not run, and one that another ensemble has.
 */

import { adminCommand } from '../../cluster/admin/admin-server.ts'
import { reachable } from '../../cluster/client/resolve.ts'
import { stateOf } from '../../cluster/observe/model.ts'
import type { ServerLine } from '../../config/ensemble.ts'
import { hex64 } from '../../support/hex.ts'
import type { Agreed, SeenEnsemble, SeenJoiner } from './observe.ts'
import { notChecked, type PreCheck, passed, refused, warned } from './pre-check.ts'
import type { Present } from './present.ts'

/** In this order: what is refused first is why. */
export async function joinerChecks(
  joiner: SeenJoiner,
  { target: { timeoutMs } }: SeenEnsemble,
  agreed: Agreed,
  present: Present,
): Promise<readonly PreCheck[]> {
  const check = `joiner ${joiner.id}`
  const [port, autocreate] = await Promise.all([
    electionPort(check, joiner, timeoutMs),
    autocreateOff(check, joiner, timeoutMs),
  ])
  return [identity(check, joiner, agreed), inSync(check, joiner, present), port, loopback(check, joiner), autocreate]
}

function identity(check: string, { id, line, member }: SeenJoiner, agreed: Agreed): PreCheck {
  const about = 'is this server, of this ensemble'
  const { answer } = member
  if (answer === null) return refused(check, about, whyDown(member.failures), 'refused.joiner-down')
  if (answer.id !== null && answer.id !== id) {
    return refused(check, about, `what answers there is server ${answer.id}, not ${id}`, 'refused.wrong-id')
  }
  const state = stateOf(member)
  if (state === 'standalone' || state === 'leading') {
    const what = state === 'standalone' ? 'runs alone' : 'leads an ensemble of its own'
    return refused(check, about, `server ${id} ${what}`, 'refused.other-ensemble')
  }
  const own = answer.membership
  if (own !== null && own.text !== agreed.text) {
    const lines = agreed.text.split('\n')
    const shares = own.text.split('\n').some((one) => lines.includes(one))
    if (!shares) {
      const why = `server ${id} has the configuration of another ensemble, version ${hex64(own.version ?? 0n)}`
      return refused(check, about, why, 'refused.other-ensemble')
    }
    const why = `server ${id} has another configuration, version ${hex64(own.version ?? 0n)}: it has not taken over the members' yet`
    return refused(check, about, why, 'refused.joiner-behind')
  }
  const ports = differentPorts(line, answer.settings)
  if (ports !== null) return refused(check, about, `its server has ${ports}`, 'refused.joiner-differs')
  if (own === null) return notChecked(check, about, `server ${id} does not tell its configuration`)
  return passed(check, about, `server ${id} has taken over version ${hex64(own.version ?? agreed.version)}`)
}

function whyDown(failures: SeenJoiner['member']['failures']): string {
  const [first] = failures
  return first === undefined ? 'it does not answer' : first.message
}

/** What it says itself (conf) beside its line; null when they agree, as far as they are told. */
function differentPorts({ addresses }: ServerLine, settings: ReadonlyMap<string, string>): string | null {
  const [address] = addresses
  if (address === undefined || addresses.length > 1) return null
  const { quorumPort, electionPort } = address
  for (const [key, port] of Object.entries({ quorumPort, electionPort })) {
    const own = settings.get(key)
    if (own !== undefined && port !== null && own !== String(port)) return `${key} ${own}, and its line says ${port}`
  }
  return null
}

function inSync(check: string, { id, member }: SeenJoiner, { seen }: Present): PreCheck {
  const about = 'in sync, without a vote as yet'
  const { answer } = member
  const one = seen.get(id)
  if (answer === null || one === undefined) return refused(check, about, 'it does not answer', 'refused.joiner-down')
  const zab = answer.zabState === null ? stateOf(member) : `${stateOf(member)}, ${answer.zabState}`
  const zxid = answer.zxid === null ? '' : `, zxid ${hex64(answer.zxid)}`
  if (one.as === null) {
    const why = `server ${id} has not found the leader: it is ${zab}`
    return refused(check, about, why, 'refused.joiner-behind')
  }
  if (!one.synced) {
    return refused(check, about, `server ${id} is not in sync yet: ${zab}${zxid}`, 'refused.joiner-behind')
  }
  return passed(check, about, `${zab}${zxid}`)
}

/** The quorum port is open on leaders only. */
async function electionPort(check: string, { line }: SeenJoiner, timeoutMs: number): Promise<PreCheck> {
  const about = 'election port'
  const places = line.addresses.flatMap(({ host, electionPort: port }) =>
    port === null ? [] : [{ host: host.replace(/^\[|\]$/g, ''), port }],
  )
  if (places.length === 0) return notChecked(check, about, 'its line has none')
  const where = places.map(({ host, port }) => `${host}:${port}`).join(', ')
  const why = await reachable(places, Math.min(timeoutMs, 2000))
  if (why === undefined)
    return passed(check, about, `${where} takes connections from here; from members it is not checked`)
  if (why === 'ECONNREFUSED') return refused(check, about, `nobody listens on ${where}`, 'refused.joiner-unreachable')
  return notChecked(check, about, `${where} cannot be reached from here (${why})`)
}

function loopback(check: string, { id, line }: SeenJoiner): PreCheck {
  const about = 'address'
  const hosts = line.addresses.map(({ host }) => host)
  const own = hosts.find((host) => /^(localhost|127\.\d+\.\d+\.\d+|\[?::1\]?|\[?0:0:0:0:0:0:0:1\]?)$/i.test(host))
  if (own === undefined) return passed(check, about, hosts.join(', '))
  return warned(check, about, `server.${id} is at ${own}, which every machine takes for itself`, 'reconfig.loopback')
}

/** Of all its properties only this one is looked at: others hold secrets. */
async function autocreateOff(check: string, { member }: SeenJoiner, timeoutMs: number): Promise<PreCheck> {
  const about = 'db.autocreate=false'
  const { answer, place } = member
  if (answer?.version?.startsWith('3.5.') === true) return notChecked(check, about, 'servers have it from 3.6 on')
  if (answer?.via !== 'admin' || place.admin === null)
    return notChecked(check, about, 'its AdminServer tells it, and was not seen')
  const reply = await adminCommand({ ...place.admin, tls: null }, 'system_properties', { timeoutMs }).catch(() => null)
  if (reply === null || reply.error !== null) return notChecked(check, about, 'its AdminServer does not tell it')
  const value = reply.body['zookeeper.db.autocreate']
  if (value === 'false') return passed(check, about, 'as its AdminServer says')
  return warned(check, about, 'its AdminServer says that it is not set', 'reconfig.autocreate')
}
