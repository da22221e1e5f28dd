/* Writes generated files: new ones as they are, changed ones with the old file kept beside, equal ones not at all. */
import { createHash } from 'node:crypto'
import { mkdir, open } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { replaceFile } from '../../datadir/replace-file.ts'
import { systemErrorCode, ZkopsError } from '../../support/errors.ts'
import { readBytes } from '../zoo-cfg/server-view.ts'

export interface Draft {
  readonly file: string
  readonly bytes: Uint8Array
  /** What lies there now; null: nothing. */
  readonly before: Uint8Array | null
  /** What the old file will be called. */
  readonly keep: string | null
}

/** Undefined when the file is there already as it should be. Throws `input.unreadable`. */
export function draftOf(file: string, text: string): Draft | undefined {
  const bytes = Buffer.from(text, 'utf8')
  const before = readBytes(file)
  if (before === 'missing') return { file, bytes, before: null, keep: null }
  if (typeof before === 'string') {
    throw new ZkopsError('input.unreadable', `${file} cannot be read, so it is not replaced`, { file })
  }
  if (bytes.equals(before)) return undefined
  const sum = createHash('sha256').update(before).digest('hex').slice(0, 8)
  return { file, bytes, before, keep: `${basename(file)}.before-${sum}` }
}

/** Throws `stopped.*`, and `refused.changed` when somebody else wrote meanwhile and nothing is done yet. */
export async function writeDraft({ file, bytes, before, keep }: Draft, done: number): Promise<void> {
  const now = readBytes(file)
  const same = before === null ? now === 'missing' : typeof now !== 'string' && Buffer.from(now).equals(before)
  if (!same) {
    throw new ZkopsError(done === 0 ? 'refused.changed' : 'stopped.changed', `${file} was changed since it was read`, {
      file,
      hint: 'Run the command again.',
    })
  }
  if (keep !== null) return replaceFile(file, bytes, keep)
  try {
    await mkdir(dirname(file), { recursive: true })
    const handle = await open(file, 'wx', file.endsWith('.sh') ? 0o755 : 0o644)
    try {
      await handle.writeFile(bytes)
      await handle.sync()
    } finally {
      await handle.close()
    }
  } catch (error) {
    const code = systemErrorCode(error)
    if (code === undefined) throw error
    throw new ZkopsError('stopped.output', `${file} cannot be written (${code})`, {
      file,
      cause: error,
      hint: 'Put it right and run the command again; what is written already stays.',
    })
  }
}

/** The shell command that takes it back. */
export function undoOf({ file, keep }: Draft): string {
  return keep === null ? `rm ${file}` : `mv ${join(dirname(file), keep)} ${file}`
}

/** Whether what lies there is what was to be written. */
export function isWritten({ file, bytes }: Draft): boolean {
  const now = readBytes(file)
  return typeof now !== 'string' && Buffer.from(now).equals(bytes)
}
