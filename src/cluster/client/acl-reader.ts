/*
 * Access lists, over a connection of our own: the addon's get_acl ends the whole process with a segmentation fault on
 * every error (its acl_completion frees a list that is not there; 7.3.0). And who the server takes us for, which the
 * addon cannot ask.
 *
 *   packet   => length:int bytes[length]
 *   connect  => protocol:int lastZxid:long timeout:int session:long password:buffer readOnly:boolean
 *            <= protocol:int timeout:int session:long password:buffer
 *   request  => xid:int type:int body          getACL: path:ustring   sync: path:ustring   auth: 0:int scheme credentials
 *   reply    <= xid:int zxid:long error:int body                      getACL: acls stat
 *                                                                      whoAmI (3.7 on): vector of scheme:ustring user:ustring
 *
 * Replies come in the order of requests. ZooKeeper.jute; all releases.
 */
import { connect, type Socket } from 'node:net'
import { juteReader } from '../../formats/jute/reader.ts'
import { juteWriter } from '../../formats/jute/writer.ts'
import { textOf } from '../../formats/txnlog/filter.ts'
import { readAcls } from '../../formats/txnlog/txn/acl.ts'
import { interrupted, systemErrorCode, ZkopsError } from '../../support/errors.ts'
import { serverError } from './errors.ts'
import { type Place, placeText } from './resolve.ts'
import type { ZnodeStat } from './stat.ts'

export interface Acl {
  readonly perms: number
  readonly scheme: string
  readonly id: string
}

export interface AclRead {
  readonly acl: readonly Acl[]
  readonly stat: ZnodeStat
}

/** The user is a name only: of a digest without its hash. */
export interface Identity {
  readonly scheme: string
  readonly user: string
}

export interface AclReader {
  /** Throws `server.*`. */
  read(path: string): Promise<AclRead>
  /** Only servers of 3.7 on know this request. Throws `server.*`. */
  whoAmI(): Promise<readonly Identity[]>
  close(): Promise<void>
}

export interface AclReaderOptions {
  readonly places: readonly Place[]
  readonly auth: { readonly scheme: string; readonly credentials: string } | null
  /** For connecting and for each answer. */
  readonly timeoutMs: number
  readonly signal?: AbortSignal | undefined
}

const XID = { auth: -4 } as const
const TYPE = { getAcl: 6, sync: 9, auth: 100, whoAmI: 107, close: -11 } as const
const SESSION_MS = 10_000
/** Far above any honest list. */
const MOST_BYTES = 16 << 20

/** What was committed before is seen. Throws `server.*` when none of the places takes a session. */
export async function openAclReader(options: AclReaderOptions): Promise<AclReader> {
  let failure: unknown
  for (const place of options.places) {
    try {
      return await openAt(place, options)
    } catch (error) {
      options.signal?.throwIfAborted()
      failure = error
    }
  }
  throw failure
}

interface Waiting {
  readonly resolve: (packet: Uint8Array) => void
  readonly reject: (error: ZkopsError) => void
}

async function openAt(place: Place, { auth, timeoutMs, signal }: AclReaderOptions): Promise<AclReader> {
  const exchange = await openExchange(place, timeoutMs, signal)
  const request = async (type: number, xid: number, body: Uint8Array, what: string, path: string) => {
    const output = juteWriter()
    output.int(xid)
    output.int(type)
    output.bytes(body)
    const reply = juteReader(await exchange.ask(output.result()))
    reply.int()
    reply.long()
    const code = reply.int()
    if (code !== 0) throw serverError(code, what, path)
    return reply
  }
  try {
    const handshake = juteReader(await exchange.ask(connectRequest()))
    handshake.int()
    if (handshake.int() <= 0) throw new ZkopsError('server.closed', `${placeText(place)} gave no session`)
    if (auth !== null) await request(TYPE.auth, XID.auth, authBody(auth), 'authenticate as', auth.scheme)
    let xid = 0
    const withPath = (type: number, path: string) => request(type, ++xid, texts(path), ACTIONS[type]!, path)
    await withPath(TYPE.sync, '/')
    return {
      read: async (path) => {
        const reply = await withPath(TYPE.getAcl, path)
        const acl = (readAcls(reply) ?? []).map(({ perms, scheme, id }) => ({
          ...{ perms, scheme: textOf(scheme ?? new Uint8Array()), id: textOf(id ?? new Uint8Array()) },
        }))
        return { acl, stat: readStat(reply) }
      },
      whoAmI: async () => {
        const reply = await request(TYPE.whoAmI, ++xid, new Uint8Array(), 'ask', 'who we are')
        const read = () => textOf(reply.buffer() ?? new Uint8Array())
        return Array.from({ length: reply.count() ?? 0 }, () => ({ scheme: read(), user: read() }))
      },
      close: async () => {
        await request(TYPE.close, ++xid, new Uint8Array(), 'close', '').catch(() => {})
        exchange.end()
      },
    }
  } catch (error) {
    exchange.end()
    throw error
  }
}

const ACTIONS: Readonly<Record<number, string>> = {
  [TYPE.getAcl]: 'read the access list of',
  [TYPE.sync]: 'sync',
}

function connectRequest(): Uint8Array {
  const output = juteWriter()
  output.int(0)
  output.long(0n)
  output.int(SESSION_MS)
  output.long(0n)
  output.buffer(new Uint8Array(16))
  output.boolean(false)
  return output.result()
}

function authBody({ scheme, credentials }: { readonly scheme: string; readonly credentials: string }): Uint8Array {
  const output = juteWriter()
  output.int(0)
  output.bytes(texts(scheme, credentials))
  return output.result()
}

function texts(...values: readonly string[]): Uint8Array {
  const output = juteWriter()
  for (const value of values) output.buffer(Buffer.from(value))
  return output.result()
}

function readStat(reply: ReturnType<typeof juteReader>): ZnodeStat {
  const [czxid, mzxid, ctime, mtime] = [reply.long(), reply.long(), reply.long(), reply.long()]
  const [version, cversion, aversion] = [reply.int(), reply.int(), reply.int()]
  const ephemeralOwner = reply.long()
  const [dataLength, numChildren] = [reply.int(), reply.int()]
  const pzxid = reply.long()
  return {
    ...{ czxid, mzxid, pzxid, ctime, mtime, version, cversion, aversion, ephemeralOwner, dataLength, numChildren },
  }
}

/** Packets out, packets in. */
async function openExchange(place: Place, timeoutMs: number, signal: AbortSignal | undefined) {
  const where = placeText(place)
  const socket = await openSocket(place, where, timeoutMs)
  const waiting: Waiting[] = []
  let broken: ZkopsError | undefined
  let input: Buffer = Buffer.alloc(0)
  const fail = (error: ZkopsError) => {
    broken ??= error
    socket.destroy()
    for (const { reject } of waiting.splice(0)) reject(broken)
  }
  const abort = () => fail(interrupted())
  signal?.addEventListener('abort', abort)
  socket.setTimeout(timeoutMs, () => {
    if (waiting.length > 0) fail(new ZkopsError('server.timeout', `${where} did not answer within ${timeoutMs} ms`))
  })
  socket.on('error', (error) => fail(lost(where, systemErrorCode(error) ?? error.message)))
  socket.on('close', () => {
    signal?.removeEventListener('abort', abort)
    fail(lost(where, 'closed'))
  })
  socket.on('data', (chunk: Buffer) => {
    input = input.length === 0 ? chunk : Buffer.concat([input, chunk])
    while (input.length >= 4) {
      const length = input.readInt32BE(0)
      if (length < 0 || length > MOST_BYTES) return fail(new ZkopsError('server.answer', `${where} answers nonsense`))
      if (input.length < 4 + length) return
      waiting.shift()?.resolve(input.subarray(4, 4 + length))
      input = input.subarray(4 + length)
    }
  })
  return {
    ask: (packet: Uint8Array) =>
      new Promise<Uint8Array>((resolve, reject) => {
        if (broken !== undefined) return reject(broken)
        waiting.push({ resolve, reject })
        const head = Buffer.alloc(4)
        head.writeInt32BE(packet.length)
        socket.write(Buffer.concat([head, packet]))
      }),
    end: () => void socket.destroy(),
  }
}

function lost(where: string, why: string): ZkopsError {
  return new ZkopsError('server.connection-loss', `The connection to ${where} was lost: ${why}`)
}

function openSocket({ host, port }: Place, where: string, timeoutMs: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, timeout: timeoutMs, noDelay: true })
    const fail = (why: string) => {
      socket.destroy()
      reject(new ZkopsError('server.refused', `${where} cannot be reached: ${why}`))
    }
    const refuse = (error: Error) => fail(systemErrorCode(error) ?? error.message)
    const silent = () => fail('no answer')
    socket.once('error', refuse)
    socket.once('timeout', silent)
    socket.once('connect', () => {
      socket.off('error', refuse)
      socket.off('timeout', silent)
      resolve(socket)
    })
  })
}
