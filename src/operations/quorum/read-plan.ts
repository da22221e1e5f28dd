/*
 * A plan to be checked, from memberships or from a file. The file is one of
 *
 *   text   a line a step, # begins a comment: [word] LIST, entries of a list separated by commas or blanks
 *            now LIST               the membership to begin with
 *            down|behind|empty IDS  members that do not run, run without the latest writes, or have lost their disk
 *            reconfig|files LIST    the next membership, by reconfig or by editing files and restarting
 *            restart|stop|start|start-empty IDS
 *            LIST                   the first: now; any other: the next membership
 *   JSON   a list of lists, or a plan that zkops saved
 */
import { open } from 'node:fs/promises'
import type { QuorumPlan, Step } from '../../cluster/check-plan.ts'
import { type GivenMembership, parseMembership } from '../../cluster/membership.ts'
import { fileError, ZkopsError } from '../../support/errors.ts'

export type Method = 'reconfig' | 'files'

export interface GivenPlan extends QuorumPlan {
  readonly from: GivenMembership
  /** All of them, the first included. */
  readonly memberships: readonly GivenMembership[]
  /** Steps that are memberships alone: how they are reached is not said. */
  readonly open: boolean
}

interface Parts {
  now?: GivenMembership
  readonly memberships: GivenMembership[]
  readonly steps: Step[]
  readonly down: number[]
  readonly behind: number[]
  readonly empty: number[]
  open: boolean
}

/** A file of plans is small. */
const MOST_BYTES = 1 << 20

/** From the first list to the last. Throws `usage`. */
export function planOfLists(lists: readonly string[], method: Method): GivenPlan {
  const parts = noParts()
  for (const list of lists) addMembership(parts, list, method)
  return whole(parts, 'the lists of --servers')
}

/** Throws `input.*` for what cannot be read or is no plan. */
export async function readPlan(file: string, method: Method): Promise<GivenPlan> {
  const text = await readText(file)
  const parts = noParts()
  try {
    if (/^\s*[[{]/.test(text)) addJson(parts, text, method)
    else for (const [i, line] of text.split('\n').entries()) addLine(parts, line, i + 1, method)
    return whole(parts, file)
  } catch (error) {
    if (!(error instanceof ZkopsError)) throw error
    throw new ZkopsError('input.plan', `${file}: ${error.message}`, { file, hint: error.hint, cause: error })
  }
}

async function readText(file: string): Promise<string> {
  try {
    const handle = await open(file)
    try {
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(MOST_BYTES + 1), 0, MOST_BYTES + 1)
      if (bytesRead <= MOST_BYTES) return buffer.toString('utf8', 0, bytesRead)
    } finally {
      await handle.close()
    }
  } catch (error) {
    throw fileError(error, file)
  }
  throw new ZkopsError('input.plan', `${file} is too large for a plan`, { file })
}

function noParts(): Parts {
  return { memberships: [], steps: [], down: [], behind: [], empty: [], open: false }
}

function whole(parts: Parts, source: string): GivenPlan {
  const { now: from, ...rest } = parts
  if (from === undefined) throw new ZkopsError('usage', `there is no membership in ${source}`)
  if (rest.steps.length === 0) throw new ZkopsError('usage', `there is no step in ${source}`)
  return { ...rest, from, emptyReturns: false }
}

function addMembership(parts: Parts, list: string, method: Method, open = true): void {
  const membership = parseMembership(entriesOf(list))
  parts.memberships.push(membership)
  if (parts.now === undefined) {
    parts.now = membership
    return
  }
  parts.steps.push({ kind: method, to: membership })
  if (open) parts.open = true
}

function addLine(parts: Parts, line: string, number: number, method: Method): void {
  const text = line.replace(/(^|\s)#.*/s, '').trim()
  if (text === '') return
  const [, word, list] = /^(?:([a-z-]+)(?:\s+|$))?(.*)$/s.exec(text) as unknown as [string, string | undefined, string]
  try {
    addWord(parts, word, list, method)
  } catch (error) {
    if (!(error instanceof ZkopsError)) throw error
    throw new ZkopsError('usage', `line ${number}: ${error.message}`, { hint: error.hint })
  }
}

function addWord(parts: Parts, word: string | undefined, list: string, method: Method): void {
  switch (word) {
    case undefined:
      return addMembership(parts, list, method)
    case 'now':
      if (parts.now !== undefined) throw new ZkopsError('usage', 'the membership to begin with is said twice')
      return addMembership(parts, list, method)
    case 'reconfig':
    case 'files':
      if (parts.now === undefined) throw new ZkopsError('usage', 'the membership to begin with comes first: now LIST')
      return addMembership(parts, list, word, false)
    case 'down':
    case 'behind':
    case 'empty':
      parts[word].push(...idsOf(list))
      return
    case 'restart':
    case 'stop':
      parts.steps.push({ kind: word, ids: idsOf(list) })
      return
    case 'start':
    case 'start-empty':
      parts.steps.push({ kind: 'start', ids: idsOf(list), empty: word === 'start-empty' })
      return
    default:
      throw new ZkopsError('usage', `there is no step ${word}`, {
        hint: 'now, down, behind, empty, reconfig, files, restart, stop, start or start-empty, then ids or server lines.',
      })
  }
}

function entriesOf(list: string): readonly string[] {
  return list.split(/[\s,]+/).filter((entry) => entry !== '')
}

export function idsOf(list: string): number[] {
  return entriesOf(list).map((entry) => {
    const id = Number(entry.replace(/^server\./, ''))
    if (Number.isSafeInteger(id) && id >= 0) return id
    throw new ZkopsError('usage', `${entry} is no id of a server`)
  })
}

function addJson(parts: Parts, text: string, method: Method): void {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    throw new ZkopsError('usage', `this is no JSON: ${(error as Error).message}`)
  }
  if (Array.isArray(json)) {
    for (const list of json) addMembership(parts, listText(list), method)
    return
  }
  const { base } = ((json as { plan?: unknown }).plan ?? json) as { base?: Record<string, unknown> }
  const memberships = base?.memberships
  if (!Array.isArray(memberships)) {
    throw new ZkopsError('usage', 'this plan names no memberships: its base has none', {
      hint: 'Save one with zkops reconfig … -o FILE, or write one: docs/quorum.md.',
    })
  }
  for (const list of memberships) addMembership(parts, listText(list), 'reconfig', false)
  for (const word of ['down', 'behind'] as const) parts[word].push(...idsOf(listText(base?.[word] ?? [])))
}

function listText(list: unknown): string {
  const entries = Array.isArray(list) ? list : [list]
  if (entries.every((entry) => typeof entry === 'string' || typeof entry === 'number')) return entries.join(',')
  throw new ZkopsError('usage', 'a membership is a list of ids or server lines')
}
