/*
 * An ensemble that is not real, for what cannot be made to happen on a real one at will: servers that answer four-letter
 * words over TCP, sessions in this process, and a leader that checks requests in the order of PrepRequestProcessor.
 */
import type { SessionOptions } from '../../src/cluster/client/session.ts'
import { parseMembership } from '../../src/cluster/membership.ts'
import { votersOf } from '../../src/cluster/quorum.ts'
import { entriesOf, linesOf, withLines } from '../../src/operations/reconfig/present.ts'
import { type ErrorCode, ZkopsError } from '../../src/support/errors.ts'
import { type FakeMember, fakeMember } from './fake-member.ts'

export const PASSWORD = 'secret'

interface Node {
  readonly data: Buffer | null
  readonly owner: bigint
}

export interface Server {
  readonly id: number
  readonly tcp: FakeMember
  readonly line: (role?: string) => string
  up: boolean
}

/** Thrown where the process would have been killed. */
export class Crash extends Error {}

export interface ModelEnsemble extends AsyncDisposable {
  readonly servers: ReadonlyMap<number, Server>
  readonly connect: string
  leader: number
  version: bigint
  lines: readonly string[]
  /** Requests that were carried out. */
  changes: number
  /** Operations of sessions so far. */
  operations: number
  /** The operation at which the process is killed, and whether the servers get it. */
  crash: { readonly at: number; readonly after: boolean } | null
  /** What becomes of the answers to the next requests. */
  answers: ('lost-before' | 'lost-after')[]
  begin(ids: readonly number[], observers?: readonly number[]): void
  withSession<T>(options: SessionOptions, work: (session: never) => Promise<T>): Promise<T>
}

const fail = (code: ErrorCode): never => {
  throw new ZkopsError(code, `scripted: ${code}`)
}

export async function modelEnsemble(ids: readonly number[]): Promise<ModelEnsemble> {
  const servers = new Map<number, Server>()
  const nodes = new Map<string, Node>()
  let zxid = 0x100000000n
  let sessions = 0n
  const model = { servers, connect: '', leader: 0, version: zxid, lines: [] as string[] } as unknown as ModelEnsemble

  const membership = () => parseMembership(model.lines)
  const config = () => [...model.lines, `version=${model.version.toString(16)}`].join('\n')
  const modeOf = (id: number) =>
    id === model.leader ? 'leader' : membership().servers.get(id) === 'observer' ? 'observer' : 'follower'
  const wordsOf = (id: number): Readonly<Record<string, string>> => {
    if (!servers.get(id)!.up) return { srvr: '', mntr: '', conf: '' }
    const srvr = ['Zookeeper version: 3.9.5-x, built on y', `Zxid: 0x${zxid.toString(16)}`, `Mode: ${modeOf(id)}`]
    const conf = ['tickTime=2000', `serverId=${id}`, 'initLimit=10', 'syncLimit=5', 'membership: ', config()]
    const mntr = [`zk_server_state\t${modeOf(id)}`, `zk_peer_state\t${modeOf(id)} - broadcast`]
    return { srvr: `${srvr.join('\n')}\n`, conf: conf.join('\n'), mntr: `${mntr.join('\n')}\n` }
  }

  for (const id of ids) {
    const words = new Proxy({} as Record<string, string>, { get: (_, word) => wordsOf(id)[String(word)] })
    const tcp = await fakeMember({ kind: 'words', words })
    const line = (role = 'participant') =>
      `server.${id}=127.0.0.1:${20_000 + id}:${tcp.port}:${role};127.0.0.1:${tcp.port}`
    servers.set(id, { id, tcp, line, up: true })
  }

  /** As the leader decides. */
  const reconfig = (sent: Record<'joining' | 'leaving' | 'members', string | null>, version: bigint, may: boolean) => {
    if (version !== model.version) fail('server.bad-version')
    const before = membership()
    const lines = new Map(before.lines)
    for (const id of sent.leaving?.split(',') ?? []) lines.delete(Number(id))
    for (const [id, line] of linesOf(sent.joining?.split(',') ?? [])) lines.set(id, line)
    const to = sent.members === null ? withLines(before, lines) : parseMembership(sent.members.split(','))
    const voters = votersOf(to)
    const acking = voters.filter((id) => servers.get(id)!.up && before.servers.get(id) !== 'observer')
    if (acking.length * 2 <= voters.length) fail('server.new-config-no-quorum')
    if (!may) fail('server.no-auth')
    Object.assign(model, { lines: entriesOf(to), version: ++zxid, changes: model.changes + 1 })
    if (to.servers.get(model.leader) === 'participant') return
    model.leader = acking.at(-1)!
    fail('server.connection-loss')
  }

  const step = <T>(work: () => T): T => {
    const at = ++model.operations
    const killed = model.crash?.at === at
    if (killed && !model.crash!.after) throw new Crash()
    try {
      return work()
    } finally {
      // biome-ignore lint/correctness/noUnsafeFinally: whatever the answer was, nobody is there to see it
      if (killed) throw new Crash()
    }
  }

  const sessionOf = (id: bigint, may: boolean) => {
    const op =
      <A extends unknown[], T>(work: (...args: A) => T) =>
      async (...args: A): Promise<T> =>
        step(() => work(...args))
    const stat = ({ owner }: Node) => ({ ephemeralOwner: BigInt.asIntN(64, owner) })
    return {
      ...{ id, timeoutMs: 10_000, lost: new Promise(() => {}) },
      sync: op(() => {}),
      config: op(() => ({ text: config(), version: model.version })),
      acl: op(() => ({ acl: [{ perms: 1, scheme: 'world', id: 'anyone' }] })),
      whoAmI: op(() => [{ scheme: may ? 'super' : 'ip', user: '' }]),
      get: op((path: string) => (nodes.get(path) ?? fail('server.no-node')).data),
      exists: op((path: string) => (nodes.has(path) ? stat(nodes.get(path)!) : null)),
      create: op((path: string, data: Buffer | null, mode = 'persistent') => {
        if (nodes.has(path)) fail('server.node-exists')
        zxid++
        nodes.set(path, { data, owner: mode === 'ephemeral' ? id : 0n })
        return path
      }),
      delete: op((path: string) => void nodes.delete(path)),
      reconfig: op(({ version, ...sent }: { version: bigint; joining: string; leaving: string; members: string }) => {
        const answer = model.answers.shift()
        if (answer === 'lost-before') fail('server.connection-loss')
        reconfig(sent, version, may)
        if (answer === 'lost-after') fail('server.connection-loss')
        return { text: config(), version: model.version }
      }),
    }
  }

  model.begin = (voters, observers = []) => {
    for (const server of servers.values()) server.up = true
    nodes.clear()
    const lines = [
      ...voters.map((id) => servers.get(id)!.line()),
      ...observers.map((id) => servers.get(id)!.line('observer')),
    ]
    Object.assign(model, { leader: voters.at(-1), version: ++zxid, lines, changes: 0, operations: 0, crash: null })
    model.answers = []
    Object.assign(model, { connect: voters.map((id) => `127.0.0.1:${servers.get(id)!.tcp.port}`).join(',') })
  }
  model.withSession = async ({ connect, auth }, work) => {
    const ports = connect.split(',').map((one) => Number(one.split(':')[1]))
    const up = [...servers.values()].filter((server) => server.up && ports.includes(server.tcp.port))
    if (up.length === 0) fail('server.refused')
    const id = ++sessions
    try {
      return await work(sessionOf(id, auth?.credentials === `super:${PASSWORD}`) as never)
    } finally {
      // after a crash the servers wait for the session, and end it then
      for (const [path, { owner }] of nodes) if (owner === id) nodes.delete(path)
    }
  }
  model[Symbol.asyncDispose] = async () => {
    for (const { tcp } of servers.values()) await tcp[Symbol.asyncDispose]()
  }
  return model
}
