import { writeSync } from 'node:fs'
import { systemErrorCode, ZkopsError } from '../support/errors.ts'

/**
 * Where a stream command's result goes: bytes in order, written in large pieces. `write` keeps a copy of what it is
 * given, so that the caller may reuse its buffer at once.
 */
export interface Sink {
  write(chunk: string | Uint8Array): void
  flush(): void
}

const PIECE = 1 << 20

/**
 * A sink on a file descriptor. Written synchronously: the process can exit at any time without losing the end, and
 * memory stays flat however slow the reader is.
 * EAGAIN (a pipe that a parent or child made non-blocking) waits and goes on; EPIPE (`| head`) ends the process with 0.
 */
export function openSink(fd = 1): Sink {
  const buffer = Buffer.allocUnsafe(PIECE)
  let used = 0
  const flush = () => {
    writeAll(fd, buffer.subarray(0, used))
    used = 0
  }
  return {
    flush,
    write(chunk) {
      if (typeof chunk === 'string') {
        // three bytes per UTF-16 unit are always enough
        if (chunk.length * 3 > PIECE - used) flush()
        if (chunk.length * 3 > PIECE) writeAll(fd, Buffer.from(chunk, 'utf8'))
        else used += buffer.write(chunk, used, 'utf8')
        return
      }
      if (chunk.length > PIECE - used) flush()
      if (chunk.length > PIECE) writeAll(fd, chunk)
      else {
        buffer.set(chunk, used)
        used += chunk.length
      }
    },
  }
}

/** Writes all of `bytes`, whatever the descriptor is; see openSink. */
export function writeAll(fd: number, bytes: Uint8Array): void {
  let at = 0
  while (at < bytes.length) {
    try {
      at += writeSync(fd, bytes, at, bytes.length - at)
    } catch (error) {
      const code = systemErrorCode(error)
      if (code === 'EAGAIN') Atomics.wait(SLEEP, 0, 0, 1)
      else if (code === 'EPIPE') process.exit(0)
      else throw new ZkopsError('stopped.output', `The output could not be written: ${code ?? error}`, { cause: error })
    }
  }
}

const SLEEP = new Int32Array(new SharedArrayBuffer(4))
