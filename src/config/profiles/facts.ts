/* What is known about machine and load; what is not known is null, and the profile's own figures stand. */
export const LOG_DEVICES = ['ssd', 'nvme', 'hdd', 'shared', 'network'] as const

export type LogDevice = (typeof LOG_DEVICES)[number]

export interface SizingFacts {
  readonly ramBytes: number | null
  readonly cores: number | null
  /** What dataLogDir lies on; `shared`: on the device of something else. */
  readonly logDevice: LogDevice | null
  /** How much dataLogDir's device holds. */
  readonly logDeviceBytes: number | null
  /** Paths and data of all znodes: `zk_approximate_data_size`. */
  readonly dataBytes: number | null
  /** Without them a znode has 260 B of path and data. */
  readonly znodes: number | null
  readonly ephemerals: number | null
  readonly sessions: number | null
  readonly watches: number | null
  readonly writesPerSecond: number | null
  /** From a voter to another and back; the longest. */
  readonly roundTripMs: number | null
  /** What a transaction takes in a log. */
  readonly txnBytes: number | null
  /** Where those that no flag states were read; null: nowhere. */
  readonly from: string | null
}

export const NO_FACTS: SizingFacts = {
  ramBytes: null,
  cores: null,
  logDevice: null,
  logDeviceBytes: null,
  dataBytes: null,
  znodes: null,
  ephemerals: null,
  sessions: null,
  watches: null,
  writesPerSecond: null,
  roundTripMs: null,
  txnBytes: null,
  from: null,
}
