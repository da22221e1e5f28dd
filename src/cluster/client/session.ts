import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { systemErrorCode, ZkopsError } from '../../support/errors.ts'
import { loadNativeClient, type NativeClient } from './load.ts'

/** A session's operations. Paths are absolute; `version` -1 matches any. Errors: `server.<code name>`, `server.timeout`. */
export interface Session {
  create(path: string, data: Buffer | null): Promise<void>
  get(path: string): Promise<Buffer | null>
  set(path: string, data: Buffer, version?: number): Promise<void>
  delete(path: string, version?: number): Promise<void>
}

export interface SessionOptions {
  /** `host:port,…` */
  readonly connect: string
  /** For connecting and for each operation. */
  readonly timeoutMs: number
  readonly sessionTimeoutMs?: number
  readonly signal?: AbortSignal
}

/**
 * Opens a session, hands it to `work`, and closes it whatever happens (a session left open keeps its ephemerals until
 * it times out).
 *
 * What the addon does not do itself: names are resolved here (an unresolvable one ends the process silently, and its
 * resolver blocks the event loop), connecting and every operation have a deadline (it retries and waits for ever), and
 * codes become typed errors (its messages may hold the data).
 */
export async function withSession<T>(options: SessionOptions, work: (session: Session) => Promise<T>): Promise<T> {
  const Client = await loadNativeClient()
  const connect = await resolveConnect(options.connect)
  const client = new Client({
    connect,
    timeout: options.sessionTimeoutMs ?? 10_000,
    host_order_deterministic: false,
    // debug_level stays unset: any level makes the addon print on stdout
  })
  try {
    await connected(client, options)
    return await work(sessionOf(client, options))
  } finally {
    client.close()
  }
}

async function connected(client: NativeClient, { connect, timeoutMs, signal }: SessionOptions): Promise<void> {
  const events = new Promise<void>((resolve, reject) => {
    client.on('connect', () => resolve())
    client.on('close', (code) =>
      reject(new ZkopsError('server.closed', `${connect} closed the session while connecting (code ${code})`)),
    )
  })
  client.init({})
  await withDeadline(events, timeoutMs, signal, `${connect} did not accept a session within ${timeoutMs} ms`)
}

function sessionOf(client: NativeClient, { connect, timeoutMs, signal }: SessionOptions): Session {
  const run = async <T>(what: string, path: string, operation: () => Promise<T>): Promise<T> => {
    const sentence = `${what} ${path} was not answered by ${connect} within ${timeoutMs} ms`
    try {
      return await withDeadline(operation(), timeoutMs, signal, sentence)
    } catch (error) {
      throw error instanceof ZkopsError ? error : serverError(error, what, path)
    }
  }
  return {
    create: async (path, data) => {
      await run('create', path, () => client.create(path, data ?? '', 0))
    },
    get: async (path) => (await run('get', path, () => client.get(path, false)))[1],
    set: async (path, data, version = -1) => {
      await run('set', path, () => client.set(path, data, version))
    },
    delete: async (path, version = -1) => {
      await run('delete', path, () => client.delete_(path, version))
    },
  }
}

async function withDeadline<T>(
  promise: Promise<T>,
  timeoutMs: number,
  signal: AbortSignal | undefined,
  sentence: string,
): Promise<T> {
  const over = new AbortController()
  const deadline = sleep(timeoutMs, undefined, {
    signal: signal === undefined ? over.signal : AbortSignal.any([over.signal, signal]),
  }).then(() => {
    throw new ZkopsError('server.timeout', sentence, { hint: 'Is the server up, and is the port its client port?' })
  })
  try {
    return await Promise.race([promise, deadline])
  } finally {
    over.abort()
    deadline.catch(() => {})
  }
}

/** KeeperException codes by number; the addon's own constants end at -118. */
const CODE_NAMES: Readonly<Record<string, string>> = {
  '-4': 'connection-loss',
  '-6': 'unimplemented',
  '-7': 'operation-timeout',
  '-8': 'bad-arguments',
  '-13': 'new-config-no-quorum',
  '-14': 'reconfig-in-progress',
  '-101': 'no-node',
  '-102': 'no-auth',
  '-103': 'bad-version',
  '-108': 'no-children-for-ephemerals',
  '-110': 'node-exists',
  '-111': 'not-empty',
  '-112': 'session-expired',
  '-114': 'invalid-acl',
  '-115': 'auth-failed',
  '-118': 'session-moved',
  '-119': 'not-read-only',
  '-123': 'reconfig-disabled',
  '-124': 'session-closed-require-sasl',
  '-125': 'quota-exceeded',
  '-127': 'throttled',
}

/** Rejections look like `-110 node exists`; nothing but the number is taken from them. */
function serverError(error: unknown, what: string, path: string): ZkopsError {
  const code = /-?\d+/.exec(String((error as Error)?.message ?? error))?.[0] ?? '?'
  const name = CODE_NAMES[code] ?? 'error'
  return new ZkopsError(`server.${name}`, `${what} ${path} failed: ${name.replaceAll('-', ' ')} (${code})`)
}

/** `host:port,…` with every name replaced by an address. Throws `server.unresolvable`. */
async function resolveConnect(connect: string): Promise<string> {
  const addresses = await Promise.all(
    connect.split(',').map(async (member) => {
      const match = /^\[?([^\]]+)\]?:(\d+)$/.exec(member.trim())
      if (match === null) throw new ZkopsError('usage', `${member} is no host:port`)
      const [, host, port] = match as unknown as [string, string, string]
      const address = isIP(host) === 0 ? await resolveHost(host) : host
      return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
    }),
  )
  return addresses.join(',')
}

async function resolveHost(host: string): Promise<string> {
  try {
    return (await lookup(host)).address
  } catch (error) {
    throw new ZkopsError('server.unresolvable', `${host} does not resolve (${systemErrorCode(error) ?? error})`, {
      cause: error,
    })
  }
}
