/* Writes generated files: new ones as they are, changed ones with the old file kept beside, equal ones not at all. */
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, open } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { replaceFile } from '../../datadir/replace-file.ts'
import { type Change, LOSES_NOTHING, makePlan } from '../../support/change.ts'
import { systemErrorCode, ZkopsError } from '../../support/errors.ts'
import type { FileDiff } from '../zoo-cfg/fmt.ts'
import { readBytes } from '../zoo-cfg/server-view.ts'

export interface Draft {
  readonly file: string
  readonly bytes: Uint8Array
  /** What lies there now; null: nothing. */
  readonly before: Uint8Array | null
  /** What the old file will be called. */
  readonly keep: string | null
  /** Of a new file; undefined: everybody may read it. */
  readonly mode?: number | undefined
}

/** Undefined when the file is there already as it should be. Throws `input.unreadable`. */
export function draftOf(file: string, content: string | Buffer, mode?: number): Draft | undefined {
  const bytes = Buffer.from(content)
  const before = readBytes(file)
  if (before === 'missing') return { file, bytes, before: null, keep: null, mode }
  if (typeof before === 'string') {
    throw new ZkopsError('input.unreadable', `${file} cannot be read, so it is not replaced`, { file })
  }
  if (bytes.equals(before)) return undefined
  const sum = createHash('sha256').update(before).digest('hex').slice(0, 8)
  return { file, bytes, before, keep: `${basename(file)}.before-${sum}` }
}

/** Throws `stopped.*`, and `refused.changed` when somebody else wrote meanwhile and nothing is done yet. */
async function writeDraft({ file, bytes, before, keep, mode }: Draft, done: number): Promise<void> {
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
    const handle = await open(file, 'wx', mode ?? (file.endsWith('.sh') ? 0o755 : 0o644))
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
function undoOf({ file, keep }: Draft): string {
  return keep === null ? `rm ${file}` : `mv ${join(dirname(file), keep)} ${file}`
}

/** Whether what lies there is what was to be written. */
function isWritten({ file, bytes }: Draft): boolean {
  const now = readBytes(file)
  return typeof now !== 'string' && Buffer.from(now).equals(bytes)
}

/** `output`: the folder that all of them lie in. */
export function writingChange(
  kind: string,
  drafts: readonly Draft[],
  base: Readonly<Record<string, unknown>>,
  output: string,
  findings: Change['findings'],
): Change {
  const undo = undoText(drafts, output)
  const plan = makePlan({
    kind,
    base,
    steps: drafts.map(({ file, bytes, keep }) => ({
      action: keep === null ? 'write' : 'replace',
      target: file,
      detail: keep === null ? `${bytes.length} bytes` : `the old file stays as ${keep}`,
      reversible: true,
    })),
    loses: LOSES_NOTHING,
    undo,
  })
  const apply = async () => {
    for (const [i, draft] of drafts.entries()) await writeDraft(draft, i)
    const detail = `${drafts.length} files read back as they were written`
    const verified = [{ check: 'files', ok: drafts.every(isWritten), detail }]
    return { stepsDone: drafts.length, verified, journal: null, undo }
  }
  return { plan, refused: null, findings, apply }
}

function undoText(drafts: readonly Draft[], output: string): string {
  if (drafts.length === 0) return 'Nothing is changed.'
  return existsSync(output) ? drafts.map(undoOf).join(' && ') : `rm -r ${output}`
}

/** Of a file that becomes another. */
export function diffOf({ file, bytes, before }: Draft): readonly FileDiff[] {
  return before === null ? [] : [{ file, before: linesOf(before), after: linesOf(bytes) }]
}

function linesOf(bytes: Uint8Array): readonly string[] {
  return Buffer.from(bytes).toString('utf8').replace(/\n$/, '').split('\n')
}
