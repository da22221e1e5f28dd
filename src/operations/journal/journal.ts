/*
 * The journal of a change to an ensemble that takes several steps, so that it can be gone on with after any crash:
 *
 *     zkops/journals/<time>-<kind>-<8 hex>.jsonl in XDG_STATE_HOME, mode 0600
 *     line 1 => {"zkopsJournal":1,"id","kind","ensemble","members":["host:port"],"startedAt","by","plan","data"}
 *     then   => {"at","event":"begin|done|failed|note","step","detail","evidence"}
 *             | {"at","event":"resume","by"} | {"at","event":"end","outcome","detail"}
 *
 * 1. The file appears as a whole with its first line; every line after it is one write, on the disk before the work goes on.
 * 2. A line that a crash tore is no line: it is cut off when the journal is opened to go on, and left out when it is read.
 * 3. `begin` is written before a step touches anything, so a step that began and is not done may have happened or not:
 *    look before it is repeated.
 *
 * Passwords never get here: neither a plan nor evidence holds any.
 */
import { randomBytes } from 'node:crypto'
import { mkdir, open, readdir, readFile, truncate } from 'node:fs/promises'
import { hostname, userInfo } from 'node:os'
import { basename, join } from 'node:path'
import { putFile } from '../../datadir/replace-file.ts'
import type { Plan } from '../../support/change.ts'
import { fileError, systemErrorCode, ZkopsError } from '../../support/errors.ts'
import { hex64 } from '../../support/hex.ts'
import { isRunning, processIdentity } from '../../support/process-identity.ts'
import { stateFolder } from '../../support/state-folder.ts'

const FORM = 1
const SUFFIX = '.jsonl'

export interface JournalAuthor {
  readonly user: string
  readonly host: string
  readonly pid: number
  /** Of the process, see support/process-identity.ts. */
  readonly startedAt: string
}

export interface JournalHead {
  readonly id: string
  /** The first word of the command: `reconfig`, `roll`. */
  readonly kind: string
  readonly ensemble: string
  /** `host:port` of clients: the same ensemble may be called otherwise the next time. */
  readonly members: readonly string[]
  readonly startedAt: string
  readonly by: JournalAuthor
  /** As JSON knows it: 64-bit values are `0x…`. */
  readonly plan: Plan
  /** What this kind of change needs to go on. */
  readonly data: unknown
}

export interface StepEntry {
  readonly at: string
  /** `note`: something about it that is worth keeping. */
  readonly event: 'begin' | 'done' | 'failed' | 'note'
  /** As the plan numbers them. */
  readonly step: number
  readonly detail: string
  readonly evidence?: Readonly<Record<string, unknown>>
}

export type JournalEntry =
  | StepEntry
  | { readonly at: string; readonly event: 'resume'; readonly by: JournalAuthor }
  | { readonly at: string; readonly event: 'end'; readonly outcome: JournalOutcome; readonly detail: string }

/** `aborted`: given up on purpose; what was done by then stays. */
export type JournalOutcome = 'done' | 'aborted'

export interface Journal extends JournalHead {
  readonly file: string
  readonly entries: readonly JournalEntry[]
}

/** Of the steps: what is known of the last one that was begun. */
export interface JournalProgress {
  /** Steps that are done for certain. */
  readonly done: ReadonlySet<number>
  /** Begun, and nobody wrote how it ended; null when there is none. */
  readonly open: number | null
  /** Null: it is not over. */
  readonly outcome: JournalOutcome | null
}

export interface OpenJournal {
  readonly file: string
  /** Throws `stopped.journal` when it cannot be written: nothing may be done then. */
  step(event: StepEntry['event'], step: number, detail: string, evidence?: StepEntry['evidence']): Promise<void>
  end(outcome: JournalOutcome, detail: string): Promise<void>
}

export const journalsFolder = (): string => stateFolder('journals')

/** Of this process. */
export function journalAuthor(): JournalAuthor {
  const { pid, startedAt } = processIdentity(process.pid)!
  return { user: userInfo().username, host: hostname(), pid, startedAt }
}

/** Throws `stopped.output` when it cannot be written. */
export async function createJournal(
  head: Pick<JournalHead, 'kind' | 'ensemble' | 'members' | 'plan' | 'data'>,
): Promise<OpenJournal> {
  const folder = journalsFolder()
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const startedAt = new Date().toISOString()
  const id = `${startedAt.replaceAll(/[-:]/g, '').replace(/\.\d+/, '')}-${head.kind}-${randomBytes(4).toString('hex')}`
  const file = join(folder, `${id}${SUFFIX}`)
  const whole: JournalHead = { id, ...head, startedAt, by: journalAuthor() }
  const owner = { mode: 0o600, uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 }
  await putFile(file, Buffer.from(lineOf({ zkopsJournal: FORM, ...whole })), owner)
  return appender(file)
}

/** To go on with it: an end that a crash tore is cut off. Throws `input.*`, `stopped.journal`. */
export async function resumeJournal({ file }: Journal): Promise<OpenJournal> {
  const bytes = await readFile(file).catch((error) => {
    throw fileError(error, file)
  })
  const whole = bytes.lastIndexOf(0x0a) + 1
  if (whole < bytes.length) await truncate(file, whole)
  const journal = appender(file)
  await append(file, { at: now(), event: 'resume', by: journalAuthor() })
  return journal
}

function appender(file: string): OpenJournal {
  return {
    file,
    step: (event, step, detail, evidence) =>
      append(file, { at: now(), event, step, detail, ...(evidence === undefined ? {} : { evidence }) }),
    end: (outcome, detail) => append(file, { at: now(), event: 'end', outcome, detail }),
  }
}

async function append(file: string, entry: JournalEntry): Promise<void> {
  try {
    // never made anew: a journal that somebody took away is not to be gone on with
    const handle = await open(file, 'r+')
    try {
      const { size } = await handle.stat()
      await handle.write(lineOf(entry), size)
      await handle.sync()
    } finally {
      await handle.close()
    }
  } catch (error) {
    const code = systemErrorCode(error)
    if (code === undefined) throw error
    throw new ZkopsError('stopped.journal', `${file} cannot be written (${code})`, {
      file,
      cause: error,
      hint: 'Nothing is changed without a journal: put it right, then run the same command with resume.',
    })
  }
}

const now = (): string => new Date().toISOString()

function lineOf(value: unknown): string {
  const plain = (_: string, inner: unknown) => (typeof inner === 'bigint' ? hex64(inner) : inner)
  return `${JSON.stringify(value, plain)}\n`
}

/** Throws `input.missing`, and `input.journal` for what is none. */
export async function readJournal(file: string): Promise<Journal> {
  const text = await readFile(file, 'utf8').catch((error) => {
    throw fileError(error, file)
  })
  const lines = text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .slice(0, -1)
  const values = lines.map(parsed)
  const head = values[0] as (JournalHead & { readonly zkopsJournal: unknown }) | undefined
  if (head === undefined || head.zkopsJournal !== FORM || values.includes(undefined)) {
    const known = head !== undefined && typeof head.zkopsJournal === 'number' && head.zkopsJournal !== FORM
    const what = known ? 'was written by another version of zkops' : 'is no journal of a change'
    throw new ZkopsError('input.journal', `${file} ${what}`, { file })
  }
  const { zkopsJournal: _, ...rest } = head
  return { ...rest, file, entries: values.slice(1) as JournalEntry[] }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

export function progressOf({ entries }: Journal): JournalProgress {
  const done = new Set<number>()
  let begun: number | null = null
  let outcome: JournalOutcome | null = null
  for (const entry of entries) {
    if (entry.event === 'end') outcome = entry.outcome
    if (!('step' in entry) || entry.event === 'note') continue
    begun = entry.event === 'begin' ? entry.step : null
    if (entry.event === 'done') done.add(entry.step)
  }
  return { done, open: begun, outcome }
}

/** Whether the process that wrote it last still runs; undefined: it was another machine. */
export function isWorkedOn({ by, entries }: Journal): boolean | undefined {
  const last = entries.flatMap((entry) => (entry.event === 'resume' ? [entry.by] : [])).at(-1) ?? by
  return last.host === hostname() ? isRunning(last) : undefined
}

/** All of this user, oldest first; what cannot be understood is none. */
export async function listJournals(folder: string = journalsFolder()): Promise<readonly Journal[]> {
  const names = await readdir(folder).catch((error) => {
    if (systemErrorCode(error) === 'ENOENT') return []
    throw fileError(error, folder)
  })
  const files = names.filter((name) => name.endsWith(SUFFIX) && !name.startsWith('.')).sort()
  const read = await Promise.allSettled(files.map((name) => readJournal(join(folder, name))))
  return read.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
}

export interface EnsembleName {
  readonly ensemble: string
  readonly members: readonly string[]
}

/** Those of an ensemble, by its name or by a member that they share; oldest first. */
export async function journalsOf({ ensemble, members }: EnsembleName): Promise<readonly Journal[]> {
  const known = new Set(members)
  const all = await listJournals()
  return all.filter((one) => one.ensemble === ensemble || one.members.some((member) => known.has(member)))
}

/** Changes of an ensemble that nobody ended, of any kind; oldest first. */
export async function unfinishedOf(ensemble: EnsembleName): Promise<readonly Journal[]> {
  return (await journalsOf(ensemble)).filter((journal) => progressOf(journal).outcome === null)
}

/** By the name of its file, with or without its end. Throws `usage` when there is none. */
export async function findJournal(id: string): Promise<Journal> {
  const name = basename(id, SUFFIX)
  const found = (await listJournals()).find((one) => one.id === name)
  if (found !== undefined) return found
  throw new ZkopsError('usage', `There is no journal ${id} in ${journalsFolder()}`)
}
