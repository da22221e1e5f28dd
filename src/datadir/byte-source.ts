import { constants, fstatSync, readSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import type { Writable } from 'node:stream'
import { setImmediate, setTimeout as sleep } from 'node:timers/promises'
import { SNAPPY_MAGIC, snappyDecoder } from '../formats/compression/snappy.ts'
import { FormatError, type FormatProblem } from '../formats/errors.ts'
import { fileError, interrupted, systemErrorCode, ZkopsError } from '../support/errors.ts'
import { openQuietly } from './quiet-open.ts'

export type Compression = 'none' | 'gzip' | 'snappy'

/** A file, pipe or standard input, read from the front; gzip and snappy are unpacked on the way. */
export interface ByteSource {
  readonly compression: Compression
  /** Size on disk in bytes; undefined for pipes. */
  readonly sizeBytes: number | undefined
  /**
   * Fills the front of `into`; 0 at the end. Gives way to the event loop once per call, so that signals are seen.
   * Throws `input.unreadable`, and `input.compression` where unpacking fails.
   */
  read(into: Uint8Array): Promise<number>
  /** Of a plain file only: any bytes of it, fewer at its end. Throws `input.unreadable`. */
  readonly readAt?: (offset: number, count: number) => Promise<Uint8Array>
  close(): Promise<void>
}

const STDIN = 0
const PIECE = 256 << 10
const POLL_MS = 5

/** A file that stands for standard input from now on. */
export function readStdinFrom(file: string): void {
  standardInput = file
}

let standardInput: string | undefined

/** Opens `file`, or standard input for `-`. Throws `input.missing` or `input.unreadable`. */
export async function openSource(file: string, signal?: AbortSignal): Promise<ByteSource> {
  let handle: FileHandle | undefined
  try {
    const place = file === '-' ? standardInput : file
    handle = place === undefined ? undefined : await openQuietly(place)
    const stat = handle === undefined ? fstatSync(STDIN) : await handle.stat()
    if (stat.isDirectory()) throw new ZkopsError('input.unreadable', `${file} is a directory`, { file })
    const seekable = stat.isFile()
    if (handle !== undefined && !seekable) handle = await withoutWaiting(handle, file)
    const plain = seekable
      ? fileReader(handle?.fd ?? STDIN, signal)
      : handle === undefined
        ? stdinReader(signal)
        : pipeReader(handle.fd, signal)
    const first = new Uint8Array(SNAPPY_MAGIC.length)
    let filled = 0
    for (let n = 1; n > 0 && filled < first.length; filled += n) n = await plain(first.subarray(filled))
    const replayed = replay(first.subarray(0, filled), plain)
    const compression = compressionOf(first.subarray(0, filled))
    const unpacking = compression === 'none' ? undefined : unpacked(file, compression, replayed, signal)
    const reader = unpacking?.read ?? replayed
    const told = async <T>(reading: () => Promise<T>): Promise<T> => {
      try {
        return await reading()
      } catch (error) {
        throw fileError(error, file)
      }
    }
    const fd = handle?.fd ?? STDIN
    return {
      compression,
      sizeBytes: seekable ? stat.size : undefined,
      read: (into) => told(() => reader(into)),
      ...(seekable && compression === 'none'
        ? { readAt: (offset, count) => told(async () => bytesAt(fd, offset, count, signal)) }
        : {}),
      close: async () => {
        await unpacking?.end()
        await handle?.close()
      },
    }
  } catch (error) {
    await handle?.close()
    throw fileError(error, file)
  }
}

/** A plain file from `offset` on, for what was read before. Throws as openSource does. */
export async function openAt(
  file: string,
  offset: number,
  signal: AbortSignal,
): Promise<Pick<ByteSource, 'read' | 'close'>> {
  let position = offset
  try {
    const handle = await openQuietly(file)
    return {
      read: async (into) => {
        if (signal.aborted) throw interrupted()
        const { bytesRead } = await handle.read(into, 0, into.length, position)
        position += bytesRead
        return bytesRead
      },
      close: () => handle.close(),
    }
  } catch (error) {
    throw fileError(error, file)
  }
}

/** What is made piece by piece, read as if it were a plain file. */
export function piecesSource(pieces: AsyncGenerator<Uint8Array>): ByteSource {
  return {
    compression: 'none',
    sizeBytes: undefined,
    read: fromPieces(pieces),
    close: async () => void (await pieces.return(undefined)),
  }
}

type Read = (into: Uint8Array) => Promise<number>

/** Synchronous reads from the page cache are several times faster than anything else. */
function fileReader(fd: number, signal: AbortSignal | undefined): Read {
  return async (into) => {
    await setImmediate()
    if (signal?.aborted) throw interrupted()
    return readSync(fd, into, 0, into.length, null)
  }
}

function bytesAt(fd: number, offset: number, count: number, signal: AbortSignal | undefined): Uint8Array {
  if (signal?.aborted) throw interrupted()
  const bytes = new Uint8Array(count)
  let filled = 0
  for (let n = 1; n > 0 && filled < count; filled += n) {
    n = readSync(fd, bytes, filled, count - filled, offset + filled)
  }
  return bytes.subarray(0, filled)
}

/**
 * The same pipe opened so that reads do not wait: a read that waits in another thread would keep the process from
 * ending when it is interrupted.
 */
async function withoutWaiting(handle: FileHandle, file: string): Promise<FileHandle> {
  const reopened = await open(file, constants.O_RDONLY | constants.O_NONBLOCK)
  await handle.close()
  return reopened
}

function pipeReader(fd: number, signal: AbortSignal | undefined): Read {
  return async (into) => {
    for (;;) {
      await setImmediate()
      if (signal?.aborted) throw interrupted()
      try {
        return readSync(fd, into, 0, into.length, null)
      } catch (error) {
        if (systemErrorCode(error) !== 'EAGAIN') throw error
        await sleep(POLL_MS)
      }
    }
  }
}

/** Standard input that is a pipe, socket or terminal: Node's own stream waits without a thread. */
function stdinReader(signal: AbortSignal | undefined): Read {
  const stream = process.stdin
  // paused mode: what is not read stays where it is
  const onAbort = () => stream.destroy(interrupted())
  signal?.addEventListener('abort', onAbort, { once: true })
  return fromPieces(stream[Symbol.asyncIterator]() as AsyncIterableIterator<Uint8Array>)
}

/** Pieces of any size handed out in the sizes that are asked for. */
export function fromPieces(pieces: AsyncIterator<Uint8Array>): Read {
  let piece: Uint8Array = new Uint8Array()
  return async (into) => {
    while (piece.length === 0) {
      const next = await pieces.next()
      if (next.done) return 0
      piece = next.value
    }
    const count = Math.min(piece.length, into.length)
    into.set(piece.subarray(0, count))
    piece = piece.subarray(count)
    return count
  }
}

function replay(first: Uint8Array, rest: Read): Read {
  let left = first
  return async (into) => {
    if (left.length === 0) return rest(into)
    const count = Math.min(left.length, into.length)
    into.set(left.subarray(0, count))
    left = left.subarray(count)
    return count
  }
}

function compressionOf(first: Uint8Array): Compression {
  if (first[0] === 0x1f && first[1] === 0x8b) return 'gzip'
  const snappy = first.length === SNAPPY_MAGIC.length && SNAPPY_MAGIC.every((byte, i) => first[i] === byte)
  return snappy ? 'snappy' : 'none'
}

/** `end`: nothing more is read, wherever it stands. */
function unpacked(
  file: string,
  compression: 'gzip' | 'snappy',
  read: Read,
  signal?: AbortSignal,
): { readonly read: Read; end(): Promise<unknown> } {
  const pieces = compression === 'gzip' ? gunzipped(file, read, signal) : undefined
  const unpack = pieces === undefined ? unsnapped(read) : fromPieces(pieces)
  let offset = 0
  const readOn: Read = async (into) => {
    try {
      const count = await unpack(into)
      offset += count
      return count
    } catch (error) {
      if (!(error instanceof FormatError) && !isZlibError(error)) throw error
      const reason = (error as Error).message
      throw new ZkopsError('input.compression', `${file} cannot be unpacked behind byte ${offset}: ${reason}`, {
        file,
        offset,
        hint: 'Take another copy of the file.',
        cause: error,
      })
    }
  }
  return { read: readOn, end: async () => pieces?.return(undefined) }
}

/** Each is of use until the next one is asked for. */
async function* raw(read: Read): AsyncGenerator<Uint8Array> {
  const piece = new Uint8Array(PIECE)
  for (let count = await read(piece); count > 0; count = await read(piece)) yield piece.subarray(0, count)
}

/** What an `input.compression` is about: a packed input that ends too early, a length that cannot be, other damage. */
export function unpackingProblem({ cause }: ZkopsError): FormatProblem {
  return cause instanceof FormatError ? cause.problem : systemErrorCode(cause) === 'Z_BUF_ERROR' ? 'short' : 'value'
}

function isZlibError(error: unknown): boolean {
  return /^Z_/.test(systemErrorCode(error) ?? '')
}

/**
 * As zlib unpacks it. What it had unpacked when it fails is lost with it: a file is then read again, and what comes
 * before the damage is handed out to the last byte.
 */
async function* gunzipped(file: string, read: Read, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  let handedOut = 0
  try {
    for await (const piece of zlibGunzipped(read)) {
      handedOut += piece.length
      yield piece
    }
  } catch (error) {
    if (!isZlibError(error)) throw error
    const again = file === '-' ? undefined : await openQuietly(file)
    if (!(await again?.stat())?.isFile()) throw error
    try {
      yield* behind(handedOut, exactlyGunzipped(fileReader(again!.fd, signal)))
    } finally {
      await again!.close()
    }
  }
}

async function* behind(skip: number, pieces: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  let left = skip
  for await (const piece of pieces) {
    if (piece.length > left) yield piece.subarray(left)
    left = Math.max(0, left - piece.length)
  }
}

async function* exactlyGunzipped(read: Read): AsyncGenerator<Uint8Array> {
  const { gunzip } = await import('../formats/compression/gunzip.ts')
  const pieces = raw(read)
  const unpacking = gunzip()
  let step = unpacking.next(null)
  while (!step.done) {
    if (step.value !== null) yield step.value
    const next = step.value === null ? await pieces.next() : undefined
    step = unpacking.next(next?.value ?? null)
  }
}

/** zlib keeps to its chunk size however much a small input unpacks to. */
async function* zlibGunzipped(read: Read): AsyncGenerator<Uint8Array> {
  // loaded when needed: a plain log is read without it
  const { createGunzip } = await import('node:zlib')
  const gunzip = createGunzip({ chunkSize: PIECE })
  feed(gunzip, read).catch((error) => gunzip.destroy(error))
  yield* released(gunzip)
}

/**
 * Packing and unpacking make a buffer for each piece and hardly anything else, so that none would be collected before
 * there are 32 MiB of them: each goes as soon as its last byte was read, by being sent to a closed port.
 */
function releasing(): (piece: Uint8Array) => void {
  const { port1: nowhere } = new MessageChannel()
  nowhere.close()
  return ({ buffer, byteOffset, length }) => {
    // zlib goes on in the same buffer until that is full
    const whole = length > 0 && byteOffset + length === buffer.byteLength
    if (whole && buffer instanceof ArrayBuffer) nowhere.postMessage(null, [buffer])
  }
}

/** Pieces whose memory goes when the next one is asked for. */
export async function* released(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const release = releasing()
  for await (const piece of pieces) {
    yield piece
    release(piece)
  }
}

/** One buffer for all input: it is read into again when what was in it is unpacked. */
async function feed(unpacking: Writable, read: Read): Promise<void> {
  const piece = new Uint8Array(PIECE)
  for (let count = await read(piece); count > 0; count = await read(piece)) {
    await new Promise<void>((resolve, reject) => {
      unpacking.write(piece.subarray(0, count), (error) => (error ? reject(error) : resolve()))
    })
  }
  unpacking.end()
}

/** Blocks are small: as many as fit are handed out at once. What comes before damage is, too, and then it is said. */
function unsnapped(read: Read): Read {
  const decoder = snappyDecoder()
  const release = releasing()
  const piece = new Uint8Array(PIECE)
  let blocks: Iterator<Uint8Array> = decoder.push(piece.subarray(0, 0))
  let block: Uint8Array = new Uint8Array()
  let used = 0
  let failure: unknown
  const nextBlock = (): boolean => {
    release(block)
    const next = blocks.next()
    block = next.done ? new Uint8Array() : next.value
    used = 0
    return !next.done
  }
  return async (into) => {
    if (failure !== undefined) throw failure
    let filled = 0
    try {
      while (filled < into.length) {
        if (used < block.length) {
          const part = block.subarray(used, used + into.length - filled)
          into.set(part, filled)
          filled += part.length
          used += part.length
        } else if (!nextBlock()) {
          if (filled > 0) break
          const count = await read(piece)
          if (count === 0) {
            decoder.end()
            break
          }
          blocks = decoder.push(piece.subarray(0, count))
        }
      }
    } catch (error) {
      failure = error
      if (filled === 0) throw error
    }
    return filled
  }
}
