/*
 * Znodes by what they are: everything given must hold. What is cheap is asked first; values are read only of those that
 * pass all else, each file once from its front.
 */
import { createContext, Script } from 'node:vm'
import { aclPattern } from '../../formats/snapshot/filter.ts'
import { NODE_KINDS, type NodeKind, nodeKind } from '../../formats/snapshot/owner.ts'
import { textOf } from '../../formats/txnlog/filter.ts'
import { systemErrorCode, ZkopsError } from '../../support/errors.ts'
import { pathGlob } from '../../support/path-glob.ts'
import { rangesBelow } from './disk-usage.ts'
import { type Look, numberAt, pathOf, type Znode, znodeAt } from './look.ts'

export type { NodeKind }
export const KINDS = NODE_KINDS

export interface FindCriteria {
  /** At and below this znode. */
  readonly below: string
  readonly path?: string | undefined
  readonly kind?: readonly NodeKind[] | undefined
  readonly owner?: bigint | undefined
  readonly acl?: string | undefined
  readonly minBytes?: number | undefined
  readonly maxBytes?: number | undefined
  /** By the time of the last change of the value. */
  readonly olderThan?: Date | undefined
  readonly newerThan?: Date | undefined
  /** A regular expression that some part of the value, as UTF-8, matches. */
  readonly data?: string | undefined
  readonly limit?: number | undefined
}

/** A value is searched for no longer than this. */
const MATCH_MS = 1000
const BATCH_VALUES = 1000
const BATCH_UNITS = 1 << 20

/** Sorted by path. Throws as numberAt does, and `usage` for an expression that is none or takes too long. */
export async function* findZnodes(look: Look, criteria: FindCriteria, signal: AbortSignal): AsyncGenerator<Znode> {
  const matches = criteria.data === undefined ? undefined : expression(criteria.data)
  const passes = cheapTest(look, criteria)
  const numbers: number[] = []
  for (const { from, to } of rangesBelow(look, numberAt(look, criteria.below))) {
    for (let i = from; i < to; i++) if (passes(i)) numbers.push(i)
  }
  const found = matches === undefined ? numbers : await withValue(look, numbers, matches, signal)
  const sorted = found
    .map((number) => ({ number, path: pathOf(look, number) }))
    .sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0))
  for (const { number } of sorted.slice(0, criteria.limit)) yield znodeAt(look, number)
}

function cheapTest(look: Look, criteria: FindCriteria): (number: number) => boolean {
  const { kernel } = look.tree
  const { rows } = look.family()
  const { owner, minBytes, maxBytes, olderThan, newerThan } = criteria
  const kinds = criteria.kind === undefined ? undefined : new Set(criteria.kind)
  const wantedOwner = owner === undefined ? undefined : BigInt.asIntN(64, owner)
  const glob = criteria.path === undefined ? undefined : pathGlob(criteria.path)
  const lists = criteria.acl === undefined ? undefined : matchingLists(look, criteria.acl)
  const timed = olderThan !== undefined || newerThan !== undefined
  return (number) => {
    const row = rows[number]!
    if (wantedOwner !== undefined && kernel.ownerOf(row) !== wantedOwner) return false
    if (kinds !== undefined && !kinds.has(nodeKind(kernel.ownerOf(row)))) return false
    const length = minBytes === undefined && maxBytes === undefined ? 0 : Math.max(0, kernel.value(row).length)
    if (minBytes !== undefined && length < minBytes) return false
    if (maxBytes !== undefined && length > maxBytes) return false
    if (lists !== undefined && !lists(kernel.aclId(row))) return false
    if (timed) {
      const mtime = Number(kernel.stat(row).mtime)
      if (olderThan !== undefined && mtime > olderThan.getTime()) return false
      if (newerThan !== undefined && mtime < newerThan.getTime()) return false
    }
    return glob === undefined || glob(pathOf(look, number))
  }
}

/** Lists are few, znodes are many. */
function matchingLists({ acls }: Look, pattern: string): (ref: bigint) => boolean {
  const passes = aclPattern(pattern)
  const known = new Map<bigint, boolean>()
  return (ref) => {
    let result = known.get(ref)
    if (result === undefined) known.set(ref, (result = passes(acls.list(ref))))
    return result
  }
}

async function withValue(
  look: Look,
  numbers: readonly number[],
  matches: Matcher,
  signal: AbortSignal,
): Promise<readonly number[]> {
  const found: number[] = []
  let batch: { readonly number: number; readonly text: string }[] = []
  let units = 0
  const finish = () => {
    const texts = batch.map(({ text }) => text)
    const results = matches(texts, (i) => pathOf(look, batch[i]!.number))
    for (const [i, { number }] of batch.entries()) if (results[i]) found.push(number)
    batch = []
    units = 0
  }
  for await (const { index, bytes } of look.values(numbers, signal)) {
    if (bytes === null) continue
    const text = textOf(bytes)
    batch.push({ number: numbers[index]!, text })
    units += text.length
    if (batch.length >= BATCH_VALUES || units >= BATCH_UNITS) finish()
  }
  finish()
  return found
}

/** Which texts match; `path` tells whose text it is. */
type Matcher = (texts: readonly string[], path: (index: number) => string) => readonly boolean[]

/** Backtracking can take for ever, so there is a time limit, which costs too much to be set for each text alone. */
function expression(source: string): Matcher {
  let pattern: RegExp
  try {
    pattern = new RegExp(source, 'su')
  } catch (error) {
    throw new ZkopsError('usage', `${source} is no regular expression: ${(error as Error).message}`)
  }
  const context = createContext({ pattern, texts: [] })
  const script = new Script('texts.map((text) => pattern.test(text))')
  const run = (texts: readonly string[]): readonly boolean[] | undefined => {
    context.texts = texts
    try {
      return script.runInContext(context, { timeout: MATCH_MS }) as readonly boolean[]
    } catch (error) {
      if (systemErrorCode(error) !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error
      return undefined
    }
  }
  return (texts, path) =>
    run(texts) ??
    texts.map((text, i) => {
      const [result] = run([text]) ?? []
      if (result !== undefined) return result
      throw new ZkopsError('usage.slow-expression', `${source} takes longer than ${MATCH_MS} ms on ${path(i)}`, {
        hint: 'Write it without repetitions inside repetitions.',
      })
    })
}
