/* What is known about machine and load; what is not known is null, and the profile's own figures stand. */
export const LOG_DEVICES = ['ssd', 'nvme', 'hdd', 'shared', 'network'] as const

export type LogDevice = (typeof LOG_DEVICES)[number]

export interface SizingFacts {
  readonly ramBytes: number | null
  readonly cores: number | null
  /** What dataLogDir lies on; `shared`: on the device of something else. */
  readonly logDevice: LogDevice | null
  /** Paths and data of all znodes: `zk_approximate_data_size`. */
  readonly dataBytes: number | null
  readonly writesPerSecond: number | null
}
