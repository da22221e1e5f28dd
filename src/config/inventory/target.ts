/*
 * What a live command works on. One source says it: an ensemble of the inventory, a connect string or a zoo.cfg; flags
 * and environment come before what the inventory says about passwords, TLS and time.
 */
import { ZkopsError } from '../../support/errors.ts'
import { type Address, type Connect, parseConnect } from './connect.ts'
import type { InventoryEnsemble, InventoryServer, Threshold, TlsFiles } from './inventory.ts'

export type TargetServer = InventoryServer

export type PasswordSource =
  | { readonly kind: 'environment'; readonly variable: string }
  | { readonly kind: 'file'; readonly file: string }
  | { readonly kind: 'prompt' }

export interface TargetAuth {
  readonly scheme: string
  readonly user: string
  readonly password: PasswordSource
}

export interface Target {
  /** Its name in the inventory; null: it comes from a connect string or a zoo.cfg. */
  readonly ensemble: string | null
  readonly source:
    | { readonly kind: 'inventory'; readonly file: string }
    | { readonly kind: 'connect' }
    | { readonly kind: 'config'; readonly file: string }
  /** Members as far as they are known beforehand; none with a connect string. */
  readonly servers: readonly TargetServer[]
  /** Ids of those whose client port is that of another member, because nothing says theirs. */
  readonly guessed?: ReadonlySet<number>
  /** Where to ask first: never empty. Ports that speak TLS when `tls` is not null. */
  readonly connect: readonly Address[]
  readonly chroot: string | null
  readonly auth: TargetAuth | null
  readonly tls: TlsFiles | null
  /** For one member, all ways of asking it together. */
  readonly timeoutMs: number
  readonly thresholds: Readonly<Record<string, Threshold>>
  /** Release or line, when it was said. */
  readonly zookeeper: string | null
}

/** The flags of live commands, as they were given; undefined: not at all. */
export interface LiveOptions {
  readonly inventory?: string | undefined
  readonly ensemble?: string | undefined
  readonly connect?: string | undefined
  readonly config?: string | undefined
  readonly authUser?: string | undefined
  readonly authScheme?: string | undefined
  readonly passwordFile?: string | undefined
  readonly tlsCa?: string | undefined
  readonly tlsCert?: string | undefined
  readonly tlsKey?: string | undefined
  readonly tlsServername?: string | undefined
  readonly timeoutMs?: number | undefined
}

export type Environment = Readonly<Record<string, string | undefined>>

/** Which source counts. */
export type Choice =
  | { readonly kind: 'connect'; readonly connect: Connect }
  | { readonly kind: 'config'; readonly file: string }
  /** Null: the only one, or the default. */
  | { readonly kind: 'ensemble'; readonly name: string | null }

const DEFAULT_TIMEOUT_MS = 5000

/** Throws `usage` when more than one is named. */
export function choiceOf(options: LiveOptions, environment: Environment): Choice {
  const { inventory, ensemble, connect, config } = options
  const given = Object.entries({ ensemble, connect, config }).filter(([, value]) => value !== undefined)
  if (given.length > 1) {
    throw new ZkopsError('usage', `${given.map(([name]) => `--${name}`).join(' and ')} say twice what to work on`, {
      hint: 'Give one of --ensemble, --connect and --config.',
    })
  }
  if (inventory !== undefined && (connect ?? config) !== undefined) {
    throw new ZkopsError('usage', `--inventory is not read with --${given[0]![0]}`)
  }
  if (connect !== undefined) return { kind: 'connect', connect: parseConnect(connect) }
  if (config !== undefined) return { kind: 'config', file: config }
  return { kind: 'ensemble', name: ensemble ?? (environment.ZKOPS_ENSEMBLE || null) }
}

/** What the three sources say, before flags. */
export type TargetBase = Omit<Target, 'auth' | 'timeoutMs'> & Pick<InventoryEnsemble, 'auth' | 'timeoutMs'>

export const NOTHING_SAID = { auth: null, tls: null, timeoutMs: null, thresholds: {}, zookeeper: null } as const

export function baseOfConnect({ addresses, chroot }: Connect): TargetBase {
  return { ensemble: null, source: { kind: 'connect' }, servers: [], connect: addresses, chroot, ...NOTHING_SAID }
}

export function baseOfEnsemble(file: string, ensemble: InventoryEnsemble): TargetBase {
  const { name, servers, connect, auth, tls, timeoutMs, thresholds, zookeeper } = ensemble
  const { addresses, chroot } =
    connect === null ? { addresses: clientAddresses(servers, tls !== null), chroot: null } : parseConnect(connect)
  const source = { kind: 'inventory', file } as const
  return { ensemble: name, source, servers, connect: addresses, chroot, auth, tls, timeoutMs, thresholds, zookeeper }
}

/** Where clients connect, in plain or with TLS. */
export function clientAddresses(servers: readonly InventoryServer[], secure: boolean): readonly Address[] {
  return servers.flatMap(({ clientHost, ports }) => {
    const port = secure ? ports.secure : ports.client
    return port === null ? [] : [{ host: clientHost, port }]
  })
}

/** Flags and environment over what the source says. Throws `usage` for flags that say half of something. */
export function withOptions(base: TargetBase, options: LiveOptions, environment: Environment): Target {
  const tls = tlsOf(base.tls, options)
  const moved = tls !== null && base.tls === null && base.servers.length > 0 && base.source.kind === 'config'
  const connect = moved ? clientAddresses(base.servers, true) : base.connect
  if (connect.length === 0) {
    throw new ZkopsError(
      'usage',
      `no server of ${nameOf(base)} has a ${tls === null ? 'client port' : 'TLS client port'}`,
      {
        hint: 'Name the servers with --connect host:port, or give them ports.client or ports.secure in the inventory.',
      },
    )
  }
  const timeoutMs = options.timeoutMs ?? base.timeoutMs ?? DEFAULT_TIMEOUT_MS
  return { ...base, connect, tls, timeoutMs, auth: authOf(base.auth, options, environment) }
}

function nameOf({ ensemble, source }: TargetBase): string {
  return ensemble ?? (source.kind === 'config' ? source.file : 'the ensemble')
}

function tlsOf(said: TlsFiles | null, { tlsCa, tlsCert, tlsKey, tlsServername }: LiveOptions): TlsFiles | null {
  const given = [tlsCa, tlsCert, tlsKey, tlsServername].some((value) => value !== undefined)
  if (!given && said === null) return null
  const tls = {
    ca: tlsCa ?? said?.ca ?? null,
    cert: tlsCert ?? said?.cert ?? null,
    key: tlsKey ?? said?.key ?? null,
    servername: tlsServername ?? said?.servername ?? null,
  }
  if ((tls.cert === null) !== (tls.key === null)) {
    throw new ZkopsError('usage', '--tls-cert and --tls-key belong together: a certificate and its private key')
  }
  return tls
}

function authOf(
  said: InventoryEnsemble['auth'],
  { authUser, authScheme, passwordFile }: LiveOptions,
  environment: Environment,
): TargetAuth | null {
  const user = authUser ?? said?.user
  if (user === undefined) {
    if (passwordFile === undefined && authScheme === undefined) return null
    throw new ZkopsError('usage', `--${passwordFile === undefined ? 'auth-scheme' : 'password-file'} needs --auth-user`)
  }
  // what the inventory says about a password is about its own user
  const own = said?.user === user ? said : null
  return { scheme: authScheme ?? own?.scheme ?? 'digest', user, password: sourceOf(own, passwordFile, environment) }
}

function sourceOf(
  said: InventoryEnsemble['auth'],
  passwordFile: string | undefined,
  environment: Environment,
): PasswordSource {
  if (passwordFile !== undefined) return { kind: 'file', file: passwordFile }
  if (environment.ZKOPS_PASSWORD !== undefined) return { kind: 'environment', variable: 'ZKOPS_PASSWORD' }
  if (said?.passwordEnv != null) return { kind: 'environment', variable: said.passwordEnv }
  return said?.passwordFile == null ? { kind: 'prompt' } : { kind: 'file', file: said.passwordFile }
}
