import { ZkopsError } from '../support/errors.ts'
import type { Moment } from '../support/moment.ts'

/** Which tree a command is about, as it was named. */
export interface TreePlace {
  /** A snapshot, `-`, or a directory; where the configuration says when not given. */
  readonly place?: string | undefined
  /** The zoo.cfg that names dataDir and dataLogDir. */
  readonly config?: string | undefined
  readonly at?: Moment | undefined
  /** Where the logs lie when they do not lie beside the snapshots. */
  readonly logDir?: string | undefined
}

export interface NamedTree {
  readonly place: string
  readonly at: Moment | undefined
  readonly logDir: string | undefined
  /** A moment or logs were asked for, not only a snapshot. */
  readonly replayed: boolean
}

/** Throws `usage` when nothing was named, `input.*` when the configuration cannot be read or names no dataDir. */
export async function namedTree({ place, config, at, logDir }: TreePlace): Promise<NamedTree> {
  const replayed = at !== undefined || logDir !== undefined
  if (config === undefined) {
    if (place !== undefined) return { place, at, logDir, replayed }
    throw new ZkopsError('usage', 'Which tree? Give a snapshot or a directory, or a zoo.cfg with --config')
  }
  // loaded when asked for
  const { directoriesOf } = await import('./data-dir/place.ts')
  const { dataDir, dataLogDir } = await directoriesOf(config)
  return { place: place ?? dataDir, at, logDir: logDir ?? dataLogDir, replayed }
}
