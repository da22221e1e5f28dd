/* What a session can do. */
import { ZkopsError } from '../../support/errors.ts'
import type { Acl, AclRead, AclReader, Identity } from './acl-reader.ts'
import type { NativeClient, NativeWatcher } from './load.ts'
import type { Run } from './session.ts'
import { statOf, type ZnodeStat } from './stat.ts'

export type { Acl, AclRead, Identity } from './acl-reader.ts'
export type { ZnodeStat } from './stat.ts'

export interface WatchEvent {
  readonly type: 'created' | 'deleted' | 'changed' | 'child' | 'not-watching'
  readonly path: string
}

/** Called once, for the change that was waited for. */
export type OnEvent = (event: WatchEvent) => void

/** World, anyone: everything, unless an access list is set behind. */
export type CreateMode = 'persistent' | 'ephemeral' | 'sequential' | 'ephemeral-sequential' | 'container'

export interface ConfigRead {
  /** Lines of servers, groups and weights, and `version=`. */
  readonly text: string
  readonly version: bigint
}

export interface ReconfigRequest {
  /** Server lines; null: none. */
  readonly joining: string | null
  /** Ids. */
  readonly leaving: string | null
  /** All of them; null: joining and leaving count. */
  readonly members: string | null
  /** Of the configuration that was planned on; never any. */
  readonly version: bigint
}

/**
 * Paths are absolute; `version` -1 matches any. Errors: `server.<code name>`, `server.timeout`.
 * Watches are told once, also across reconnections.
 */
export interface Session {
  readonly id: bigint
  /** As the server granted it. */
  readonly timeoutMs: number
  /** Settles when the session ends by itself. */
  readonly lost: Promise<ZkopsError>
  create(path: string, data: Buffer | null, mode?: CreateMode): Promise<string>
  get(path: string): Promise<Buffer | null>
  read(path: string, onEvent?: OnEvent): Promise<{ readonly data: Buffer | null; readonly stat: ZnodeStat }>
  /** Null when it does not exist. */
  exists(path: string, onEvent?: OnEvent): Promise<ZnodeStat | null>
  children(path: string, onEvent?: OnEvent): Promise<{ readonly names: readonly string[]; readonly stat: ZnodeStat }>
  /** Opens a session of its own the first time. */
  acl(path: string): Promise<AclRead>
  /** Who the server takes us for. Only of servers of 3.7 on; opens a session of its own the first time. */
  whoAmI(): Promise<readonly Identity[]>
  set(path: string, data: Buffer, version?: number): Promise<ZnodeStat>
  setAcl(path: string, acl: readonly Acl[], version?: number): Promise<void>
  delete(path: string, version?: number): Promise<void>
  /** What was committed before is seen afterwards. */
  sync(path: string): Promise<void>
  config(): Promise<ConfigRead>
  reconfig(request: ReconfigRequest): Promise<ConfigRead>
}

const FLAGS: Readonly<Record<CreateMode, number>> = {
  persistent: 0,
  ephemeral: 1,
  sequential: 2,
  'ephemeral-sequential': 3,
  container: 4,
}

export interface SessionParts {
  readonly client: NativeClient
  readonly run: Run
  readonly lost: Promise<ZkopsError>
  readonly acls: () => Promise<AclReader>
}

export function operationsOf({ client, run, lost, acls }: SessionParts): Session {
  const read: Session['read'] = async (path, onEvent) => {
    const [stat, data] = await run('get', path, (native) =>
      onEvent === undefined ? native.get(path, false) : native.w_get(path, watcher(onEvent)),
    )
    return { data, stat: statOf(stat) }
  }
  return {
    id: BigInt(`0x${client.client_id}`),
    timeoutMs: client.timeout,
    lost,
    read,
    create: (path, data, mode = 'persistent') =>
      run('create', path, (native) => native.create(path, data ?? '', FLAGS[mode])),
    get: async (path) => (await read(path)).data,
    exists: async (path, onEvent) => {
      try {
        const operation = (native: NativeClient) =>
          onEvent === undefined ? native.exists(path, false) : native.w_exists(path, watcher(onEvent))
        return statOf(await run('look at', path, operation))
      } catch (error) {
        if (error instanceof ZkopsError && error.code === 'server.no-node') return null
        throw error
      }
    },
    children: async (path, onEvent) => {
      const [names, stat] = await run('list', path, (native) =>
        onEvent === undefined ? native.get_children2(path, false) : native.w_get_children2(path, watcher(onEvent)),
      )
      return { names: names ?? [], stat: statOf(stat) }
    },
    acl: async (path) => (await acls()).read(path),
    whoAmI: async () => (await acls()).whoAmI(),
    set: async (path, data, version = -1) =>
      statOf(await run('set', path, (native) => native.set(path, data, version))),
    setAcl: async (path, acl, version = -1) => {
      const entries = acl.map(({ perms, scheme, id }) => ({ perms, scheme, auth: id }))
      await run('set the access list of', path, (native) => native.set_acl(path, version, entries))
    },
    delete: async (path, version = -1) => {
      await run('delete', path, (native) => native.delete_(path, version))
    },
    sync: async (path) => {
      await run('sync', path, (native) => native.sync(path))
    },
    config: async () => configOf(await run('read', CONFIG, (native) => native.getconfig(false))),
    reconfig: async ({ joining, leaving, members, version }) => {
      // the addon takes a double
      if (version > BigInt(Number.MAX_SAFE_INTEGER)) {
        throw new ZkopsError('server.bad-arguments', `The configuration's version ${version} cannot be sent exactly`)
      }
      return configOf(
        await run('reconfigure', CONFIG, (native) => native.reconfig(joining, leaving, members, Number(version))),
      )
    },
  }
}

const CONFIG = '/zookeeper/config'

/** Throws `server.answer` for what is no configuration. */
function configOf([, data]: readonly [unknown, Buffer | null]): ConfigRead {
  const text = data?.toString() ?? ''
  const version = /^version=([0-9a-f]{1,16})$/m.exec(text)?.[1]
  if (version === undefined) {
    throw new ZkopsError('server.answer', `${CONFIG} holds no configuration`, {
      hint: 'Servers before 3.5 and standalone ones keep none; with reconfigEnabled=false it may be empty.',
    })
  }
  return { text, version: BigInt(`0x${version}`) }
}

const EVENTS: Readonly<Record<number, WatchEvent['type']>> = {
  1: 'created',
  2: 'deleted',
  3: 'changed',
  4: 'child',
  [-2]: 'not-watching',
}

/** A function of its own each time. Events of the session (-1) come to watchers as well and are not theirs. */
function watcher(onEvent: OnEvent): NativeWatcher {
  let told = false
  return (type, _state, path) => {
    const event = EVENTS[type]
    if (event === undefined || told) return
    told = true
    onEvent({ type: event, path })
  }
}
