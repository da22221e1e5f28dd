/** What is known beyond the files; rules that need a fact are silent without it. */
export interface DirectoryFacts {
  readonly exists: boolean
  /** Same number, same file system. */
  readonly device: number | null
  readonly freeBytes: number | null
  /** As /proc/mounts names it. */
  readonly fileSystem: string | null
  readonly mountOptions: readonly string[]
  /** Spinning disk; null when it cannot be told. */
  readonly rotational: boolean | null
  readonly logs: number
  readonly snapshots: number
  /** Size of the newest snapshot. */
  readonly snapshotBytes: number | null
}

export interface HostFacts {
  /** What the JVM may use: RAM, or the limit of its cgroup. */
  readonly ramBytes: number
  readonly swapBytes: number
  readonly swappiness: number | null
  readonly openFiles: number | null
}

export interface Facts {
  /** By path, as the configuration spells it. */
  readonly directories: ReadonlyMap<string, DirectoryFacts>
  /** Of the machine that zkops runs on. */
  readonly host: HostFacts | null
  /** Failure domain (rack, zone, site) by member id. */
  readonly zones: ReadonlyMap<bigint, string>
  /** Addresses that host names resolve to. */
  readonly addresses: ReadonlyMap<string, readonly string[]>
  /** The longest session timeout that a client asks for. */
  readonly clientTimeoutMs: number | null
  /** Release that each running member says it is, by id. */
  readonly versions: ReadonlyMap<bigint, string>
}

export const NO_FACTS: Facts = {
  directories: new Map(),
  host: null,
  zones: new Map(),
  addresses: new Map(),
  clientTimeoutMs: null,
  versions: new Map(),
}
