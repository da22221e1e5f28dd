/**
 * The one error type of zkops. An error is for what stops the work; everything that can be collected is a Finding
 * (support/finding.ts).
 *
 * The part of `code` before the first dot says which kind of failure it is; cli/exit-codes.ts maps it to an exit code:
 * usage 2, input 3, server and environment 4, refused 5, stopped 6, bug 70, interrupted 130.
 */
export type ErrorKind = 'usage' | 'input' | 'server' | 'environment' | 'refused' | 'stopped' | 'bug' | 'interrupted'

export type ErrorCode = ErrorKind | `${ErrorKind}.${string}`

export interface ErrorDetails {
  /** What to do next: one sentence. */
  readonly hint?: string | undefined
  /** The file the sentence is about. */
  readonly file?: string | undefined
  /** Byte position in `file` (after decompression). */
  readonly offset?: number | undefined
  readonly cause?: unknown
}

export class ZkopsError extends Error {
  readonly code: ErrorCode
  readonly hint: string | undefined
  readonly file: string | undefined
  readonly offset: number | undefined

  /** `message`: one sentence that names the file, offset, server or key. */
  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.hint = details.hint
    this.file = details.file
    this.offset = details.offset
  }

  override get name(): string {
    return 'ZkopsError'
  }
}

/** The kind of an error code: the part before the first dot. */
export function errorKind(code: ErrorCode): ErrorKind {
  return code.split('.', 1)[0] as ErrorKind
}

/** Whether it is one of ours with one of these codes. */
export function isCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof ZkopsError && codes.includes(error.code)
}

/** The `code` of a Node system error (`ENOENT`, `EPIPE`, …), or undefined. */
export function systemErrorCode(error: unknown): string | undefined {
  const code = (error as NodeJS.ErrnoException | null)?.code
  return typeof code === 'string' ? code : undefined
}

const SYSTEM_SENTENCES: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'is not a directory',
  EISDIR: 'is a directory',
  EACCES: 'cannot be opened: permission denied',
  EPERM: 'cannot be changed: operation not permitted',
  EROFS: 'lies on a read-only file system',
  ENOSPC: 'cannot be written: no space left on the device',
  EEXIST: 'exists already',
  EMFILE: 'cannot be opened: too many open files',
  ELOOP: 'is a chain of too many symbolic links',
  EIO: 'cannot be read: input/output error of the device',
}

/** A file system error about `file` as an input error in one sentence; anything else is returned as it is. */
export function fileError(error: unknown, file: string): unknown {
  const code = systemErrorCode(error)
  if (code === undefined || error instanceof ZkopsError) return error
  const sentence = SYSTEM_SENTENCES[code]
  if (sentence === undefined) return error
  const missing = code === 'ENOENT' || code === 'ENOTDIR'
  return new ZkopsError(missing ? 'input.missing' : 'input.unreadable', `${file} ${sentence}`, { file, cause: error })
}

/** What a cancelled operation throws when its AbortSignal fires. */
export function interrupted(): ZkopsError {
  return new ZkopsError('interrupted', 'Interrupted.')
}
