/*
 * An export that `ncdu -f` opens (format 1): a znode with children is a directory, its value that directory's own size.
 *
 *   export => "[1,1," {"progname","progver","timestamp"} "," item "]"
 *   item   => info | "[" info ("," item)* "]"               info => {"name","asize","dsize"}
 */
import { writeSync } from 'node:fs'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { fileError, systemErrorCode, ZkopsError } from '../../support/errors.ts'

export interface NcduOptions {
  readonly file: string
  /** Of zkops. */
  readonly version: string
}

/** Takes text of the item, in pieces of about a mebibyte. */
export type WriteItem = (bytes: Uint8Array) => void

const START = '[1,'

/**
 * Writes an export; `fill` writes its one item, or says false: then there is none. An older export is replaced, any
 * other file is not. Throws `refused.target-exists`, `input.*`, and what `fill` throws.
 */
export async function ncduFile(
  { file, version }: NcduOptions,
  fill: (write: WriteItem) => Promise<boolean>,
): Promise<void> {
  const temporary = join(dirname(file), `.${basename(file)}.zkops-new`)
  let filled = false
  try {
    await refuseOthers(file)
    const handle = await open(temporary, 'w')
    const write = (bytes: Uint8Array): void => {
      for (let at = 0; at < bytes.length; ) at += writeSync(handle.fd, bytes, at)
    }
    try {
      const about = JSON.stringify({ progname: 'zkops', progver: version, timestamp: Math.floor(Date.now() / 1000) })
      write(Buffer.from(`${START}1,${about},\n`))
      filled = await fill(write)
      write(Buffer.from(']\n'))
    } finally {
      await handle.close()
    }
    if (filled) await rename(temporary, file)
  } catch (error) {
    throw fileError(error, file)
  } finally {
    if (!filled) await rm(temporary, { force: true })
  }
}

async function refuseOthers(file: string): Promise<void> {
  let handle: FileHandle
  try {
    handle = await open(file, 'r')
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return
    throw error
  }
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(START.length), 0, START.length)
    if (bytesRead === 0 || buffer.toString('latin1') === START) return
  } finally {
    await handle.close()
  }
  throw new ZkopsError('refused.target-exists', `${file} exists and is no export for ncdu`, {
    file,
    hint: 'Name another file.',
  })
}

const PIECE_BYTES = 1 << 20
/** Around a name: brackets, names of fields, two sizes. */
const AROUND_BYTES = 80
const COMMA = Buffer.from(',\n ')
const NAME = Buffer.from('{"name":')
const ASIZE = Buffer.from(',"asize":')
const DSIZE = Buffer.from(',"dsize":')
const [OPEN, CLOSE, QUOTE, BACKSLASH] = [0x5b, 0x5d, 0x22, 0x5c] as const

/** Writes the items of a tree, parents before children. */
export interface NcduItems {
  /** `level`: 0 for the top one, at most one more than that of the item before. The name lies at [from, to). */
  item(level: number, bytes: Uint8Array, from: number, to: number, size: number): void
  end(): void
}

export function ncduItems(write: WriteItem): NcduItems {
  let output = Buffer.allocUnsafe(2 * PIECE_BYTES)
  let at = 0
  let level = -1
  /** Where the item before begins: a blank, which becomes a bracket with its first child. */
  let before = 0
  const put = (text: Buffer): void => {
    for (let i = 0; i < text.length; i++) output[at++] = text[i]!
  }
  const number = (value: number): void => {
    let digits = 1
    for (let rest = value; rest >= 10; rest = Math.floor(rest / 10)) digits++
    at += digits
    for (let i = at - 1, rest = value; i >= at - digits; i--, rest = Math.floor(rest / 10))
      output[i] = 0x30 + (rest % 10)
  }
  const flush = (room: number): void => {
    if (at >= PIECE_BYTES) {
      write(output.subarray(0, at))
      at = 0
    }
    if (at + room <= output.length) return
    const larger = Buffer.allocUnsafe(2 * (at + room))
    output.copy(larger, 0, 0, at)
    output = larger
  }
  const name = (bytes: Uint8Array, from: number, to: number): void => {
    const start = at
    output[at++] = QUOTE
    for (let i = from; i < to; i++) {
      const byte = bytes[i]!
      if (byte < 0x20 || byte > 0x7e || byte === QUOTE || byte === BACKSLASH) {
        at = start
        at += output.write(JSON.stringify(Buffer.from(bytes.subarray(from, to)).toString()), at)
        return
      }
      output[at++] = byte
    }
    output[at++] = QUOTE
  }
  return {
    item(now, bytes, from, to, size) {
      if (now > level) output[before] = OPEN
      else for (; level > now; level--) output[at++] = CLOSE
      // six bytes a character at most, and a bracket for each level that is left then
      flush(AROUND_BYTES + 6 * (to - from) + now)
      if (now > 0) put(COMMA)
      else output[at++] = OPEN
      before = at - 1
      level = now
      put(NAME)
      name(bytes, from, to)
      if (size > 0) {
        put(ASIZE)
        number(size)
        put(DSIZE)
        number(size)
      }
      output[at++] = 0x7d
    },
    end() {
      // the last item has no children, but for the top one
      for (let left = Math.max(1, level); left > 0; left--) output[at++] = CLOSE
      write(output.subarray(0, at))
    },
  }
}
