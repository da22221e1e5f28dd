/*
 * An export that `ncdu -f` opens (format 1): a znode with children is a directory, its value that directory's own size.
 *
 *   export => "[1,1," {"progname","progver","timestamp"} "," item "]"
 *   item   => info | "[" info ("," item)* "]"               info => {"name","asize","dsize"}
 */
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { fileError, systemErrorCode, ZkopsError } from '../../support/errors.ts'
import { type Look, nameOf, numberAt, pathOf } from './look.ts'

export interface NcduOptions {
  readonly file: string
  /** Of zkops. */
  readonly version: string
}

const START = '[1,'
const PIECE = 1 << 20

/** An older export is replaced, any other file is not. Throws as numberAt does, `refused.target-exists`, `input.*`. */
export async function writeNcdu(look: Look, path: string, { file, version }: NcduOptions): Promise<void> {
  const number = numberAt(look, path)
  const temporary = join(dirname(file), `.${basename(file)}.zkops-new`)
  try {
    await refuseOthers(file)
    const handle = await open(temporary, 'w')
    try {
      const about = JSON.stringify({ progname: 'zkops', progver: version, timestamp: Math.floor(Date.now() / 1000) })
      await writeText(handle, itemsBelow(look, number, `${START}1,${about},\n`))
    } finally {
      await handle.close()
    }
    await rename(temporary, file)
  } catch (error) {
    await rm(temporary, { force: true })
    throw fileError(error, file)
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

async function writeText(handle: FileHandle, lines: Iterable<string>): Promise<void> {
  let text = ''
  for (const line of lines) {
    text += line
    if (text.length < PIECE) continue
    await handle.writeFile(text)
    text = ''
  }
  await handle.writeFile(text)
}

function* itemsBelow(look: Look, top: number, head: string): Generator<string> {
  const { rows, firsts } = look.family()
  const { kernel } = look.tree
  const info = (number: number): string => {
    const size = Math.max(0, kernel.value(rows[number]!).length)
    const name = JSON.stringify(number === top ? pathOf(look, top) : nameOf(look, number))
    return size === 0 ? `{"name":${name}}` : `{"name":${name},"asize":${size},"dsize":${size}}`
  }
  yield `${head}[${info(top)}`
  // the next child of each znode that is open, and where its children end
  const open = [{ next: firsts[top]!, end: firsts[top + 1]! }]
  for (let level = open.at(-1); level !== undefined; level = open.at(-1)) {
    if (level.next === level.end) {
      open.pop()
      yield ']'
      continue
    }
    const child = level.next++
    const [next, end] = [firsts[child]!, firsts[child + 1]!]
    yield `,\n${next < end ? '[' : ''}${info(child)}`
    if (next < end) open.push({ next, end })
  }
  yield ']\n'
}
