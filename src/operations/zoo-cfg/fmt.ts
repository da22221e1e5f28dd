/* config fmt: configuration files in one form (config/format.ts), each old file kept beside the new one. */
import { isUtf8 } from 'node:buffer'
import { createHash } from 'node:crypto'
import { basename, dirname, join } from 'node:path'
import { formatConfig } from '../../config/format.ts'
import { lastEntries, type PropertiesFile, parseProperties } from '../../config/java/properties.ts'
import { javaTrim } from '../../config/java/values.ts'
import { replaceFile } from '../../datadir/replace-file.ts'
import { type Change, LOSES_NOTHING, makePlan } from '../../support/change.ts'
import { ZkopsError } from '../../support/errors.ts'
import { loadMember } from './load.ts'
import { configsAt } from './places.ts'
import { readable } from './read-member.ts'
import { readPipe } from './read-pipe.ts'
import { readBytes } from './server-view.ts'

export interface FileDiff {
  readonly file: string
  readonly before: readonly string[]
  readonly after: readonly string[]
}

interface Draft extends FileDiff {
  readonly properties: PropertiesFile
  readonly bytes: Uint8Array
  /** What the old file will be called. */
  readonly keep: string
}

/** Throws `input.*` for what cannot be read. */
export function planFmt(places: readonly string[]): { readonly change: Change; readonly diffs: readonly FileDiff[] } {
  const files = places.flatMap((place) => configsAt(place).map(({ file }) => file))
  const drafts = files.map(draftOf).filter(({ properties, bytes }) => !Buffer.from(bytes).equals(properties.bytes))
  const plan = makePlan({
    kind: 'config fmt',
    base: { files: Object.fromEntries(drafts.map(({ file, properties }) => [file, sha256(properties.bytes)])) },
    steps: drafts.map(({ file, keep }) => ({
      action: 'rewrite',
      target: file,
      detail: `the old file stays as ${keep}`,
      reversible: true,
    })),
    loses: LOSES_NOTHING,
    undo: drafts.map(undoOf).join(' && ') || 'Nothing is changed.',
  })
  const apply = async () => {
    for (const [i, draft] of drafts.entries()) await write(draft, i)
    const detail = `${drafts.length} files read back with the same keys and values`
    const verified = [{ check: 'meaning', ok: drafts.every(meansTheSame), detail }]
    return { stepsDone: drafts.length, verified, journal: null, undo: drafts.map(undoOf).join(' && ') }
  }
  return { change: { plan, refused: null, findings: [], apply }, diffs: drafts }
}

/** Standard input in the one form. */
export interface FormattedText {
  readonly text: string
  /** How the text is to be written so that its bytes are right. */
  readonly encoding: 'utf8' | 'latin1'
}

/** Throws `input.*` for what cannot be read. */
export async function formatStdin(signal: AbortSignal): Promise<FormattedText> {
  const { member } = readable(loadMember('-', await readPipe('-', signal)))
  return decoded(formatConfig(member.properties))
}

/** Comments are in UTF-8 nowadays, though servers read Latin-1. */
function decoded(bytes: Uint8Array): FormattedText {
  const encoding = isUtf8(bytes) ? 'utf8' : 'latin1'
  return { text: Buffer.from(bytes).toString(encoding), encoding }
}

function draftOf(file: string): Draft {
  const { properties } = readable(loadMember(file)).member
  const bytes = formatConfig(properties)
  const keep = `${basename(file)}.before-${sha256(properties.bytes).slice(0, 8)}`
  return { file, properties, bytes, keep, before: linesOf(properties.bytes), after: linesOf(bytes) }
}

async function write({ file, properties, bytes, keep }: Draft, done: number): Promise<void> {
  const now = readBytes(file)
  if (typeof now === 'string' || !Buffer.from(now).equals(properties.bytes)) {
    const code = done === 0 ? 'refused.changed' : 'stopped.changed'
    throw new ZkopsError(code, `${file} was changed by somebody else since it was read`, {
      file,
      hint: 'Run the command again.',
    })
  }
  await replaceFile(file, bytes, keep)
}

/** Whether the file that lies there now says what the old one said. */
function meansTheSame({ file, properties }: Draft): boolean {
  const now = readBytes(file)
  return typeof now !== 'string' && pairs(parseProperties(now)) === pairs(properties)
}

function pairs(properties: PropertiesFile): string {
  const entries = [...lastEntries(properties).values()]
  return JSON.stringify(entries.map(({ key, value }) => [javaTrim(key), javaTrim(value)]))
}

function undoOf({ file, keep }: Draft): string {
  return `mv ${join(dirname(file), keep)} ${file}`
}

function linesOf(bytes: Uint8Array): readonly string[] {
  const lines = decoded(bytes).text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  return lines
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
