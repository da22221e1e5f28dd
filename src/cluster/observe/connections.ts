/*
 * The connections of clients with one member: the AdminServer's `connections`, the word `cons`.
 *
 *   cons    =>  /10.0.0.7:53002[1](queued=0,recved=5,sent=5,sid=0x100004bec300000,lop=PING,est=1795350243244,to=10000,
 *               lcxid=0x4,lzxid=0x100000003,lresp=1442095,llat=0,minlat=0,avglat=0,maxlat=3)
 *               without sid and what follows while there is no session: a word that is answered, a client that connects
 *   JSON    =>  remote_socket_address, outstanding_requests, packets_received, packets_sent, session_id, last_operation,
 *               established, session_timeout, last_zxid, avg_latency, max_latency
 *
 * `lresp` is on a clock of the server's own and not told. 3.4 to 3.9: ServerCnxn.dumpConnectionInfo, getConnectionInfo.
 */
import { type AskOptions, askMemberFor, type PortAnswer, type Untold } from './ask.ts'
import { id64From, linesOf, numberFrom } from './fields.ts'
import type { ObservedMember } from './model.ts'

export interface Connection {
  /** As the server knows the client: behind a proxy or NAT not its own. */
  readonly address: string
  readonly port: number | null
  /** Over the TLS client port. */
  readonly secure: boolean
  /** Null: none yet, or none at all. */
  readonly session: bigint | null
  readonly timeoutMs: number | null
  /** Four letters: PING, GETD, SETD, … */
  readonly lastOperation: string | null
  readonly lastZxid: bigint | null
  readonly establishedAt: Date | null
  /** Requests that wait. */
  readonly queued: number
  readonly received: number
  readonly sent: number
  readonly avgLatencyMs: number | null
  readonly maxLatencyMs: number | null
}

export interface ConnectionsTold {
  readonly via: 'admin' | '4lw' | null
  /** Our own, by which it was asked, left out. */
  readonly connections: readonly Connection[]
  readonly untold: readonly Untold[]
}

/** Some tens of thousands are the most that a server stands. */
const MOST_CONNECTIONS = 200_000

export async function readConnections(member: ObservedMember, options: AskOptions): Promise<ConnectionsTold> {
  const question = { command: 'connections', word: 'cons', everyPort: true }
  const { answer, untold } = await askMemberFor(question, member, options)
  if (answer === null) return { via: null, connections: [], untold }
  const { via } = answer
  const connections: Connection[] = []
  let others = 0
  for (const one of via === 'admin' ? ofBody(answer.body) : ofPorts(answer.ports)) {
    if (one === null) others++
    else if (connections.length < MOST_CONNECTIONS) connections.push(one)
    else return { via, connections, untold: [...untold, TOO_MANY] }
  }
  return { via, connections, untold: others === 0 ? untold : [...untold, NOT_ALL] }
}

const TOO_MANY = { why: `only ${MOST_CONNECTIONS} of its connections were looked at`, setting: null } as const
const NOT_ALL = { why: 'a part of its answer is no connection', setting: null } as const

function* ofPorts(ports: readonly PortAnswer[]): Generator<Connection | null> {
  for (const port of ports) yield* ofText(port)
}

const LINE = /^ ?(.{1,300})\[[0-9a-f]{1,8}\]\(([^()]{0,2000})\)$/

/** Null for each line that is none. */
export function* ofText({ text, secure, localPort }: PortAnswer): Generator<Connection | null> {
  for (const line of linesOf(text)) {
    const match = LINE.exec(line)
    if (match === null) {
      if (line !== '') yield null
      continue
    }
    const place = placeFrom(match[1])
    const fields = new Map(match[2]!.split(',').map((pair) => pair.split('=', 2) as [string, string | undefined]))
    const number = (name: string) => numberFrom(fields.get(name))
    const session = id64From(fields.get('sid'))
    // the connection by which it was asked
    if (session === null && localPort !== null && place.port === localPort) continue
    yield {
      ...{ ...place, secure, session },
      ...detailsOf(session, {
        ...{ timeoutMs: number('to'), lastOperation: fields.get('lop'), lastZxid: fields.get('lzxid') },
        ...{ established: number('est'), avgLatencyMs: number('avglat'), maxLatencyMs: number('maxlat') },
      }),
      ...{ queued: number('queued') ?? 0, received: number('recved') ?? 0, sent: number('sent') ?? 0 },
    }
  }
}

/** Null for what is none. */
export function* ofBody(body: Readonly<Record<string, unknown>>): Generator<Connection | null> {
  yield* ofList(body.connections, false)
  yield* ofList(body.secure_connections, true)
}

function* ofList(list: unknown, secure: boolean): Generator<Connection | null> {
  if (!Array.isArray(list)) return yield null
  for (const one of list as readonly unknown[]) {
    const isRecord = typeof one === 'object' && one !== null
    yield isRecord ? ofFields(one as Readonly<Record<string, unknown>>, secure) : null
  }
}

function ofFields(fields: Readonly<Record<string, unknown>>, secure: boolean): Connection {
  const number = (name: string) => numberFrom(fields[name])
  const id = id64From(fields.session_id)
  const session = id === 0n ? null : id
  return {
    ...{ ...placeFrom(fields.remote_socket_address), secure, session },
    ...detailsOf(session, {
      ...{ timeoutMs: number('session_timeout'), lastOperation: fields.last_operation, lastZxid: fields.last_zxid },
      ...{ established: number('established'), avgLatencyMs: number('avg_latency') },
      maxLatencyMs: number('max_latency'),
    }),
    queued: number('outstanding_requests') ?? 0,
    received: number('packets_received') ?? 0,
    sent: number('packets_sent') ?? 0,
  }
}

interface Details {
  readonly timeoutMs: number | null
  readonly lastOperation: unknown
  readonly lastZxid: unknown
  readonly established: number | null
  readonly avgLatencyMs: number | null
  readonly maxLatencyMs: number | null
}

const NOTHING = {
  ...{ timeoutMs: null, lastOperation: null, lastZxid: null, establishedAt: null },
  ...{ avgLatencyMs: null, maxLatencyMs: null },
} as const

/** What only a connection with a session has. */
function detailsOf(session: bigint | null, details: Details) {
  if (session === null) return NOTHING
  const { timeoutMs, lastOperation, lastZxid, established, avgLatencyMs, maxLatencyMs } = details
  const at = established === null ? null : new Date(established)
  return {
    ...{ timeoutMs, avgLatencyMs, maxLatencyMs, lastZxid: id64From(lastZxid) },
    lastOperation: typeof lastOperation === 'string' && /^[\w-]{1,20}$/.test(lastOperation) ? lastOperation : null,
    establishedAt: at === null || Number.isNaN(at.getTime()) ? null : at,
  }
}

/** `/10.0.0.7:53002`, `host/10.0.0.7:53002`, `/0:0:0:0:0:0:0:1:53002`, `/[0:0:0:0:0:0:0:1]:53002`. */
export function placeFrom(value: unknown): Pick<Connection, 'address' | 'port'> {
  const text = typeof value === 'string' ? value.slice(value.lastIndexOf('/') + 1, 400) : ''
  const match = /^\[?(.*?)\]?:(\d{1,5})$/.exec(text)
  if (match === null) return { address: text === '' ? '?' : text, port: null }
  return { address: match[1]!, port: Number(match[2]) }
}
