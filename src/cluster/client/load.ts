import { ZkopsError } from '../../support/errors.ts'

/** What is used of the addon's promise class; its own declarations are wrong in places (get, get_acl). */
export interface NativeClient {
  /** 0 after init means that it failed. */
  readonly state: number
  init(config: Readonly<Record<string, unknown>>): unknown
  close(): unknown
  on(event: 'connect' | 'close', listener: (...args: unknown[]) => void): unknown
  create(path: string, data: string | Buffer, flags: number): Promise<string>
  get(path: string, watch: boolean): Promise<readonly [stat: object, data: Buffer | null]>
  set(path: string, data: string | Buffer, version: number): Promise<object>
  delete_(path: string, version: number): Promise<unknown>
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
