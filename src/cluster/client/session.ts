/*
 * A session with an ensemble by the native client.
 *
 * What the addon does not do itself: names are resolved here (an unresolvable one ends the process silently, and its
 * resolver blocks the event loop); connecting and every operation have a deadline (it retries and waits for ever); codes
 * become typed errors (its messages may hold the data); a version is always given (none would be 0); every watcher is a
 * function of its own (a shared one ends the process); access lists are read over a connection of our own (get_acl ends
 * the process on every error); TLS goes through a tunnel on loopback.
 */
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises'
import { ZkopsError } from '../../support/errors.ts'
import type { TlsMaterial } from '../exchange.ts'
import type { Tunnel } from '../tunnel.ts'
import type { AclReader } from './acl-reader.ts'
import { errorCodeOf, serverError } from './errors.ts'
import { loadNativeClient, type NativeClient } from './load.ts'
import { operationsOf, type Session } from './operations.ts'
import { type Place, placesOf, placeText, reachable, resolvePlaces } from './resolve.ts'

export type { Acl, ConfigRead, Identity, ReconfigRequest, Session, WatchEvent, ZnodeStat } from './operations.ts'

export interface SessionOptions {
  /** `host:port,…`; ports that speak TLS when `tls` is given. */
  readonly connect: string
  /** For connecting and for each operation. */
  readonly timeoutMs: number
  readonly sessionTimeoutMs?: number
  readonly tls?: TlsMaterial | null
  /** Sent as soon as the session is open; a wrong password shows only when something is not allowed. */
  readonly auth?: { readonly scheme: string; readonly credentials: string } | null
  readonly signal?: AbortSignal
}

/** Runs one operation of the client: its deadline, its errors. */
export type Run = <T>(what: string, path: string, operation: (client: NativeClient) => Promise<T>) => Promise<T>

/**
 * Opens a session, hands it to `work`, and closes it whatever happens (a session left open keeps its ephemerals until
 * it times out). Throws `environment.native-client`, `server.*`, `input.tls`.
 */
export async function withSession<T>(options: SessionOptions, work: (session: Session) => Promise<T>): Promise<T> {
  const Client = await loadNativeClient()
  options.signal?.throwIfAborted()
  const servers = placesOf(options.connect)
  const tunnel = options.tls == null ? undefined : await (await import('../tunnel.ts')).openTunnel(servers, options.tls)
  try {
    const places = tunnel?.places ?? (await resolvePlaces(servers))
    const client = new Client({
      connect: places.map(placeText).join(','),
      timeout: options.sessionTimeoutMs ?? 10_000,
      host_order_deterministic: false,
      // debug_level stays unset: any level makes the addon print on stdout
    })
    const lost = lossOf(client, options)
    let reader: Promise<AclReader> | undefined
    const acls = () => (reader ??= aclReader(places, options))
    const { run, end } = runner(client, lost, options)
    const over = new AbortController()
    try {
      const failure = tunnel?.refused ?? refusal(places, options, over.signal)
      await opened(client, Promise.race([lost, failure]), options).finally(() => over.abort())
      if (options.auth != null) await authenticate(run, options.auth)
      return await work(operationsOf({ client, run, lost, acls }))
    } finally {
      end()
      await reader?.then(({ close }) => close()).catch(() => {})
      if (tunnel !== undefined) await endThrough(tunnel, client)
      // inside a callback of the addon close() is only noted, and a process that ends there leaves its session open
      await turn()
      client.close()
    }
  } finally {
    await tunnel?.close()
  }
}

const CONNECTED = 3
const NOTICE_MS = 500

/** Has the session ended by the tunnel, and the client notice, so that its own close() does not wait for an answer. */
async function endThrough(tunnel: Tunnel, client: NativeClient): Promise<void> {
  await tunnel.close()
  for (const until = performance.now() + NOTICE_MS; client.state === CONNECTED && performance.now() < until; ) {
    await sleep(1)
  }
}

async function aclReader(places: readonly Place[], { auth = null, timeoutMs, signal }: SessionOptions) {
  const { openAclReader } = await import('./acl-reader.ts')
  return openAclReader({ places, auth, timeoutMs, signal })
}

/** A server writes a warning about each connection that says nothing, so they are only tried when it takes long. */
const PROBE_AFTER_MS = 250

/** Resolves when none of the places takes connections: the client would try for ever. */
async function refusal(
  places: readonly Place[],
  { connect, timeoutMs }: SessionOptions,
  signal: AbortSignal,
): Promise<ZkopsError> {
  const why = await sleep(PROBE_AFTER_MS, undefined, { signal }).then(
    () => reachable(places, timeoutMs),
    () => undefined,
  )
  if (why === undefined) return new Promise(() => {})
  return new ZkopsError('server.refused', `${connect} cannot be reached: ${why}`, {
    hint: 'Is a server running there, and is the port its client port?',
  })
}

/** Resolves with the reason when the session ends by itself. */
function lossOf(client: NativeClient, { connect }: SessionOptions): Promise<ZkopsError> {
  return new Promise((resolve) => {
    client.on('close', (_client, code) => {
      // the addon's own states: -112 expired, -113 authentication failed
      if (code === 0) return
      const known = errorCodeOf(code === -113 ? -115 : Number(code))
      const words = code === -113 ? 'refused the credentials' : 'closed the session'
      resolve(new ZkopsError(known, `${connect} ${words} (code ${code})`))
    })
  })
}

async function opened(
  client: NativeClient,
  failure: Promise<ZkopsError>,
  { connect, timeoutMs, signal }: SessionOptions,
): Promise<void> {
  const connected = new Promise<void>((resolve) => client.on('connect', () => resolve()))
  client.init({})
  if (client.state === 0) throw new ZkopsError('server.unresolvable', `${connect} cannot be connected to`)
  const over = new AbortController()
  const late = sleep(timeoutMs, undefined, {
    signal: signal === undefined ? over.signal : AbortSignal.any([over.signal, signal]),
  }).then(
    () => new ZkopsError('server.timeout', `${connect} did not accept a session within ${timeoutMs} ms`, TOO_LATE),
  )
  late.catch(() => {})
  try {
    const error = await Promise.race([connected, failure, late])
    if (error !== undefined) throw error
  } finally {
    over.abort()
  }
}

const TOO_LATE = { hint: 'It takes connections: has the ensemble a quorum, and is the port its client port?' }

/** Many operations are on their way at the same time: what ends them all is told to each that is not over yet. */
function runner(client: NativeClient, lost: Promise<ZkopsError>, options: SessionOptions) {
  const { connect, timeoutMs, signal } = options
  const running = new Set<(error: unknown) => void>()
  let ended: { readonly error: unknown } | undefined
  const endAll = (error: unknown) => {
    ended ??= { error }
    for (const stop of running) stop(error)
  }
  const abort = () => endAll(signal!.reason)
  lost.then(endAll)
  signal?.addEventListener('abort', abort)
  const run: Run = (what, path, operation) =>
    new Promise((resolve, reject) => {
      if (ended !== undefined) return reject(ended.error)
      const late = () => {
        const message = `${what} ${path} was not answered by ${connect} within ${timeoutMs} ms`
        stop(new ZkopsError('server.timeout', message, { hint: 'Is the server up, and has it a quorum?' }))
      }
      const timer = setTimeout(late, timeoutMs)
      const over = () => {
        clearTimeout(timer)
        running.delete(stop)
      }
      const stop = (error: unknown) => {
        over()
        reject(error)
      }
      running.add(stop)
      operation(client).then(
        (value) => {
          over()
          resolve(value)
        },
        (error) => stop(error instanceof ZkopsError ? error : serverError(error, what, path)),
      )
    })
  return { run, end: () => signal?.removeEventListener('abort', abort) }
}

function authenticate(run: Run, { scheme, credentials }: { scheme: string; credentials: string }): Promise<void> {
  return run('authenticate as', scheme, (client) => {
    return new Promise<void>((resolve, reject) => {
      client.add_auth(scheme, credentials, (code) => (code === 0 ? resolve() : reject(new Error(String(code)))))
    })
  })
}
