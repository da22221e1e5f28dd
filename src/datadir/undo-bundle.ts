/*
 * The way back of a change to files: their old bytes and what they are, in a directory of its own outside version-2,
 * complete on the disk before the first of them is touched.
 *
 *     <data directory>/zkops-undo/<time>-<kind>/bundle.json
 *     <data directory>/zkops-undo/<time>-<kind>/<n>-<name>
 */
import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { fileError, systemErrorCode } from '../support/errors.ts'
import { newDirectory } from './new-directory.ts'

export interface UndoBundle {
  readonly directory: string
  /** A shell command for each file that was to be changed, putting it back as it was. */
  readonly commands: readonly string[]
}

interface OldFile {
  readonly target: string
  /** Null: it did not exist. */
  readonly saved: {
    readonly name: string
    readonly sha256: string
    readonly bytes: number
    readonly mode: number
  } | null
}

/** `root`: the data directory. Throws `stopped.*`, `input.*`. */
export async function saveForUndo(
  root: string,
  kind: string,
  targets: readonly string[],
  signal: AbortSignal,
): Promise<UndoBundle> {
  const time = new Date().toISOString().replace(/[:.]/g, '-')
  const directory = join(root, 'zkops-undo', `${time}-${kind.replaceAll(' ', '-')}`)
  const bundle = await newDirectory(directory)
  try {
    const files: OldFile[] = []
    for (const [i, target] of targets.entries()) {
      const old = await oldContent(target)
      if (old === undefined) {
        files.push({ target, saved: null })
        continue
      }
      const { bytes, mode } = old
      const name = `${i + 1}-${basename(target)}`
      await bundle.write(name, (write) => write(bytes))
      const sha256 = createHash('sha256').update(bytes).digest('hex')
      files.push({ target, saved: { name, sha256, bytes: bytes.length, mode: mode & 0o7777 } })
    }
    const text = JSON.stringify({ zkopsUndo: 1, kind, time: new Date().toISOString(), files }, null, 2)
    await bundle.write('bundle.json', (write) => write(Buffer.from(`${text}\n`)))
    await bundle.commit(signal)
    return { directory, commands: files.map((file) => commandOf(file, directory)) }
  } finally {
    await bundle.dispose()
  }
}

function commandOf({ target, saved }: OldFile, directory: string): string {
  return saved === null ? `rm ${quoted(target)}` : `cp -p ${quoted(join(directory, saved.name))} ${quoted(target)}`
}

/** For a POSIX shell. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}

async function oldContent(file: string): Promise<{ bytes: Buffer; mode: number } | undefined> {
  try {
    return { bytes: await readFile(file), mode: (await stat(file)).mode }
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined
    throw fileError(error, file)
  }
}
