/* What of a log ends a start, with what the server says. */
import { isSince } from '../../config/release.ts'
import { STOP } from '../../formats/kernel/stop.ts'
import type { LogEnd } from '../../formats/txnlog/scan.ts'
import { systemErrorCode, ZkopsError } from '../../support/errors.ts'
import type { NamedLog } from './listing.ts'
import type { LoaderSettings } from './settings.ts'

/** What ends the start. */
export interface Refusal {
  readonly code: string
  /** What the server's log says. */
  readonly message: string
  readonly file?: string
  readonly offset?: number
  readonly zxid?: bigint
  /** The last zxid that is sound: in front of a gap, or of a whole record that ends the start. */
  readonly after?: bigint
}

export function unopened(error: unknown, { file }: NamedLog): Refusal {
  if (!(error instanceof ZkopsError)) throw error
  const code = systemErrorCode(error.cause)
  // what could be opened and is no file
  if (code === undefined) {
    return { code: 'log.directory', message: `java.io.FileNotFoundException: ${file} (Is a directory)`, file }
  }
  const known: Readonly<Record<string, string>> = { EACCES: 'Permission denied', ENOENT: 'No such file or directory' }
  return { code: 'data.unreadable', message: `java.io.FileNotFoundException: ${file} (${known[code] ?? code})`, file }
}

export function aclRefusal(zxid: bigint, { file }: NamedLog): Refusal {
  return { code: 'data.acl-missing', message: 'java.lang.RuntimeException: Failed to fetch acls for', file, zxid }
}

const MAGIC_NUMBER = 1514884167

export function magicRefusal({ file }: NamedLog, magic: number): Refusal {
  const message = `java.io.IOException: Transaction log: ${file} has invalid magic number ${magic} != ${MAGIC_NUMBER}`
  return { code: 'log.magic', message, file, offset: 0 }
}

export function unknownType(
  type: number | null | undefined,
  at: Pick<Refusal, 'file' | 'offset' | 'zxid'>,
  { release }: LoaderSettings,
): Refusal {
  const shown = `${isSince(release, '3.9.0') ? '' : '%d'}${type ?? ''}`
  return { code: 'log.unknown-type', message: `java.io.IOException: Unsupported Txn with type=${shown}`, ...at }
}

/** What the end of a log does to the start; null: the next log follows. */
export function endRefusal(
  end: LogEnd,
  log: NamedLog,
  isLast: boolean,
  lastZxid: bigint | null,
  settings: LoaderSettings,
): Refusal | null {
  const { file } = log
  if (end.kind === 'no-header') {
    if (end.bytes === 0 && isLast && settings.deletesEmptyLog) return null
    const code = end.bytes === 0 ? 'log.empty' : 'log.header-short'
    return { code, message: 'java.io.EOFException', file, offset: 0 }
  }
  if (end.kind === 'bad-magic') return magicRefusal(log, end.magic)
  const { stop, rest, offset } = end
  const at = { file, offset, ...(lastZxid === null ? {} : { zxid: lastZxid }) }
  switch (stop) {
    case STOP.badLength: {
      const length = rest.head?.length ?? 0
      const what =
        length === -1 ? 'java.lang.NullPointerException' : `java.io.IOException: Unreasonable length = ${length}`
      return { code: 'log.length', message: what, ...at }
    }
    case STOP.badChecksum:
      return { code: 'log.checksum', message: 'java.io.IOException: CRC check failed', ...at }
    case STOP.badInnerLength:
      return { code: 'log.undecodable', message: 'java.io.IOException: Unreasonable length', ...at }
    case STOP.unknownType:
      return unknownType(rest.head?.type, at, settings)
    default:
      return null
  }
}
