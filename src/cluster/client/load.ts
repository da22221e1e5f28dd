import { ZkopsError } from '../../support/errors.ts'

/** A stat as the addon makes it: zxids as doubles, times as dates, the owner as hexadecimal digits. */
export interface NativeStat {
  readonly czxid: number
  readonly mzxid: number
  readonly pzxid: number
  readonly ctime: Date
  readonly mtime: Date
  readonly version: number
  readonly cversion: number
  readonly aversion: number
  readonly ephemeralOwner: string
  readonly dataLength: number
  readonly numChildren: number
}

export type NativeAcl = readonly { readonly perms: number; readonly scheme: string; readonly auth: string }[]

/** Session events come with type -1. The function must be a new one for every call: the addon stores its client on it. */
export type NativeWatcher = (type: number, state: number, path: string) => void

type WithStat<T> = readonly [stat: NativeStat, data: T]

/** What is used of the addon's promise class; its own declarations are wrong in places (get, getconfig). get_acl is not: see acl-reader.ts. */
export interface NativeClient {
  /** 0 after init means that it failed. */
  readonly state: number
  /** Hexadecimal digits. */
  readonly client_id: string
  /** As the server granted it, milliseconds. */
  readonly timeout: number
  init(config: Readonly<Record<string, unknown>>): unknown
  close(): unknown
  on(event: 'connect' | 'close', listener: (...args: unknown[]) => void): unknown
  /** `ttl` only with a flag that has one. */
  create(path: string, data: string | Buffer, flags: number, ttl?: number): Promise<string>
  exists(path: string, watch: boolean): Promise<NativeStat>
  w_exists(path: string, watcher: NativeWatcher): Promise<NativeStat>
  get(path: string, watch: boolean): Promise<WithStat<Buffer | null>>
  w_get(path: string, watcher: NativeWatcher): Promise<WithStat<Buffer | null>>
  get_children2(path: string, watch: boolean): Promise<readonly [names: string[] | null, stat: NativeStat]>
  w_get_children2(path: string, watcher: NativeWatcher): Promise<readonly [names: string[] | null, stat: NativeStat]>
  set(path: string, data: string | Buffer, version: number): Promise<NativeStat>
  set_acl(path: string, version: number, acl: NativeAcl): Promise<unknown>
  delete_(path: string, version: number): Promise<unknown>
  sync(path: string): Promise<unknown>
  getconfig(watch: boolean): Promise<WithStat<Buffer | null>>
  reconfig(
    joining: string | null,
    leaving: string | null,
    members: string | null,
    version: number,
  ): Promise<WithStat<Buffer | null>>
  /** Only with a callback; 0 also for a wrong password. */
  add_auth(scheme: string, auth: string, callback: (code: number) => void): number
}

export type NativeClientClass = new (config: Readonly<Record<string, unknown>>) => NativeClient

/**
 * The optional native client: the only place that names it. It is compiled at install time, so it may be absent
 * (`--omit=optional`, no compiler) or there but unbuilt (install scripts not allowed).
 * Throws `environment.native-client`.
 */
export async function loadNativeClient(): Promise<NativeClientClass> {
  try {
    const { default: module } = await import('zookeeper')
    return ((module as { Promise?: unknown }).Promise ?? module) as unknown as NativeClientClass
  } catch (error) {
    throw new ZkopsError(
      'environment.native-client',
      'The native ZooKeeper client (npm package zookeeper) is not built here',
      {
        hint: 'Install make, a C++ compiler and Python, then: npm install -g --allow-scripts=zookeeper zkops. Offline commands, four-letter words and the AdminServer work without it.',
        cause: error,
      },
    )
  }
}
