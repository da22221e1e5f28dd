/* What was typed as what is wanted: ids are looked up in the inventory, lines are completed by those that are there. */
import type { GivenMembership } from '../../cluster/membership.ts'
import type { Role } from '../../cluster/quorum.ts'
import { canonicalServer, type ServerLine } from '../../config/ensemble.ts'
import { serverLineOf } from '../../config/inventory/server-line.ts'
import { ZkopsError } from '../../support/errors.ts'
import type { Target } from '../inventory/target.ts'
import { linesOf } from './present.ts'
import type { Wanted } from './wanted.ts'

/** `servers`, `by`, `joiners`: `4`, `server.4` or a whole line. */
export type Request =
  | { readonly kind: 'add'; readonly servers: readonly string[]; readonly specs: readonly string[] }
  | { readonly kind: 'remove'; readonly ids: readonly string[] }
  | { readonly kind: 'replace'; readonly id: string; readonly by: string }
  | { readonly kind: 'role'; readonly id: string; readonly role: Role }
  | { readonly kind: 'address'; readonly id: string; readonly spec: string }
  | { readonly kind: 'apply'; readonly entries: readonly string[] }
  | { readonly kind: 'scale'; readonly voters: number; readonly joiners: readonly string[] }

type Known = Pick<Target, 'servers'>

/** Throws `usage` for what is no id and no line, or is not in the inventory. */
export function wantedOf(request: Request, membership: GivenMembership, target: Known): Wanted {
  switch (request.kind) {
    case 'add':
      return { kind: 'add', servers: added(request.servers, request.specs, target) }
    case 'remove':
      return { kind: 'remove', ids: request.ids.map(idOf) }
    case 'replace':
      return { kind: 'replace', id: idOf(request.id), by: lineOf(request.by, target) }
    case 'role':
      return { kind: 'role', id: idOf(request.id), role: request.role }
    case 'address':
      return { kind: 'address', server: moved(idOf(request.id), request.spec, membership) }
    case 'apply':
      return { kind: 'apply', entries: request.entries }
    case 'scale':
      return { kind: 'scale', voters: request.voters, joiners: joinersOf(request.joiners, membership, target) }
  }
}

function added(servers: readonly string[], specs: readonly string[], target: Known): readonly string[] {
  const named = specs.filter((spec) => ID_OF_LINE.test(spec))
  const bare = specs.filter((spec) => !ID_OF_LINE.test(spec))
  if (bare.length > 0 && (specs.length > 1 || servers.length !== 1)) {
    throw new ZkopsError('usage', `--spec ${bare[0]} does not say which server it is for`, {
      hint: "Write it as --spec 'server.4=host:2888:3888;2181'.",
    })
  }
  const own = new Map(named.map((spec) => [Number(ID_OF_LINE.exec(spec)![1]), spec]))
  const lines = servers.map((server) => {
    if (ID_OF_LINE.test(server)) return server
    const id = idOf(server)
    const spec = own.get(id) ?? (bare.length === 0 ? undefined : `server.${id}=${bare[0]}`)
    own.delete(id)
    return spec ?? lineOf(server, target)
  })
  const all = [...lines, ...own.values()]
  if (all.length > 0) return all
  throw new ZkopsError('usage', 'It is not said which server joins', {
    hint: "For example zkops reconfig add 'server.4=zk4:2888:3888;2181'.",
  })
}

const ID_OF_LINE = /^(?:server\.)?(\d+)=/

/** Of `4` or `server.4`. Throws `usage`. */
export function idOf(text: string): number {
  const id = /^(?:server\.)?(\d{1,15})$/.exec(text)?.[1]
  if (id !== undefined) return Number(id)
  throw new ZkopsError('usage', `${text} is no id of a server`, { hint: 'For example 4 or server.4.' })
}

function lineOf(text: string, { servers }: Known): string {
  if (ID_OF_LINE.test(text)) return text
  const id = idOf(text)
  const known = servers.find((server) => server.id === id)
  if (known !== undefined) return `server.${id}=${serverLineOf(known)}`
  throw new ZkopsError('usage', `It is not known where server ${id} is: no inventory lists it`, {
    hint: `Write the whole line: 'server.${id}=host:2888:3888:participant;2181'.`,
  })
}

/** Role and client part stay where the spec does not say them. */
function moved(id: number, spec: string, { lines }: GivenMembership): string {
  const text = ID_OF_LINE.test(spec) ? spec : `server.${id}=${spec}`
  if (idOf(text.slice(0, text.indexOf('='))) !== id) {
    throw new ZkopsError('usage', `--spec ${spec} is not for server ${id}`)
  }
  const [line] = linesOf([text]).values()
  const old = lines.get(id)
  if (line === undefined || old === undefined) return text
  const whole: ServerLine = { ...line, role: line.roleGiven ? line.role : old.role, client: line.client ?? old.client }
  return `server.${id}=${canonicalServer(whole)}`
}

/** Those that are named, else voters of the inventory that are no members. */
function joinersOf(given: readonly string[], { servers: members }: GivenMembership, target: Known): readonly string[] {
  if (given.length > 0) return given.map((one) => lineOf(one, target))
  return target.servers
    .filter(({ id, role }) => role === 'participant' && !members.has(id))
    .map((server) => `server.${server.id}=${serverLineOf(server)}`)
}
