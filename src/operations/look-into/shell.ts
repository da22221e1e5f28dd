/*
 * snapshot shell: one line in, one answer out. Paths are relative to where one is; what has blanks is quoted.
 */
import { ZkopsError } from '../../support/errors.ts'
import { type DiskUsage, diskUsage, TOP } from './disk-usage.ts'
import { findZnodes } from './find.ts'
import { type Listing, listChildren, type TreeBranch, treeBelow } from './listing.ts'
import { childrenOf, type Look, type LookIntoFiles, nameOf, numberAt, type Znode, znodeAt } from './look.ts'
import { type ValueAt, valueAt } from './value.ts'

export type ShellAnswer =
  | { readonly kind: 'nothing' | 'help' | 'exit' }
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'listing'; readonly listing: Listing; readonly long: boolean }
  | { readonly kind: 'stat'; readonly znode: Znode }
  | { readonly kind: 'value'; readonly value: ValueAt }
  | { readonly kind: 'tree'; readonly branch: TreeBranch }
  | { readonly kind: 'usage'; readonly usage: DiskUsage }
  | { readonly kind: 'found'; readonly znodes: readonly Znode[]; readonly more: boolean }

export interface Shell {
  /** Where one is. */
  path(): string
  /** Throws `usage` and what the commands of the same names throw. */
  answer(line: string): Promise<ShellAnswer>
  /** What the last word of a line may become, and that word. */
  complete(line: string): readonly [candidates: string[], word: string]
}

export const SHELL_COMMANDS = ['ls', 'cd', 'cat', 'stat', 'tree', 'find', 'du', 'pwd', 'help', 'exit'] as const

const TREE_DEPTH = 2
const TREE_CHILDREN = 20
const MOST_FOUND = 1000
const MOST_CANDIDATES = 200

type Answer = (words: Words) => ShellAnswer | Promise<ShellAnswer>

interface Words {
  /** The first word that is no option; undefined when there is none. */
  readonly first: string | undefined
  /** The path it names, or where one is. */
  readonly path: string
  has(option: string): boolean
}

export function shellIn(look: LookIntoFiles, signal: AbortSignal): Shell {
  let here = '/'
  const exit: Answer = () => ({ kind: 'exit' })
  const answers: Readonly<Record<string, Answer>> = {
    ls: ({ path, has }) => ({ kind: 'listing', listing: listChildren(look, path), long: has('-l') }),
    cd: ({ first, path }) => {
      const target = first === undefined ? '/' : path
      numberAt(look, target)
      here = target
      return { kind: 'nothing' }
    },
    cat: async ({ path, has }) => ({ kind: 'value', value: await valueAt(look, path, has('-d'), signal) }),
    stat: ({ path }) => ({ kind: 'stat', znode: znodeAt(look, numberAt(look, path)) }),
    tree: ({ path }) => ({ kind: 'tree', branch: treeBelow(look, { path, depth: TREE_DEPTH, limit: TREE_CHILDREN }) }),
    find: ({ first }) => find(first),
    du: ({ path }) => ({ kind: 'usage', usage: diskUsage(look, { path, depth: 1, top: TOP }) }),
    pwd: () => ({ kind: 'path', path: here }),
    help: () => ({ kind: 'help' }),
    exit,
    quit: exit,
  }
  const find = async (glob: string | undefined): Promise<ShellAnswer> => {
    const match = glob === undefined || glob.startsWith('/') ? glob : joined(here.replace(/[*?\\]/g, '\\$&'), glob)
    const criteria = { below: glob?.startsWith('/') ? '/' : here, path: match, limit: MOST_FOUND + 1 }
    const znodes: Znode[] = []
    for await (const znode of findZnodes(look, criteria, signal)) znodes.push(znode)
    return { kind: 'found', znodes: znodes.slice(0, MOST_FOUND), more: znodes.length > MOST_FOUND }
  }
  return {
    path: () => here,
    async answer(line) {
      const [command, ...rest] = wordsOf(line).words
      if (command === undefined) return { kind: 'nothing' }
      const answer = Object.hasOwn(answers, command) ? answers[command] : undefined
      if (answer === undefined) throw new ZkopsError('usage', `There is no ${command} here`, { hint: 'Type help.' })
      const first = rest.find((word) => !word.startsWith('-'))
      return answer({ first, path: resolved(here, first ?? '.'), has: (option) => rest.includes(option) })
    },
    complete(line) {
      const { words, open } = wordsOf(line)
      const typed = /(?:\\.|[^\s\\])*$/s.exec(line)![0]
      if (words.length === 0 || (words.length === 1 && open)) {
        return [SHELL_COMMANDS.filter((name) => name.startsWith(typed)).map((name) => `${name} `), typed]
      }
      return [candidates(look, here, open ? words.at(-1)! : ''), typed]
    },
  }
}

/** Children of what stands before the last slash, whose names begin with what stands behind it. */
function candidates(look: Look, here: string, word: string): string[] {
  const cut = word.lastIndexOf('/') + 1
  const [above, begin] = [word.slice(0, cut), word.slice(cut)]
  try {
    const number = numberAt(look, resolved(here, above || '.'))
    const { firsts } = look.family()
    return childrenOf(look, number)
      .map((child) => ({ name: nameOf(look, child), isParent: firsts[child]! < firsts[child + 1]! }))
      .filter(({ name }) => name.startsWith(begin))
      .slice(0, MOST_CANDIDATES)
      .map(({ name, isParent }) => `${quoted(above + name)}${isParent ? '/' : ' '}`)
  } catch (error) {
    if (error instanceof ZkopsError) return []
    throw error
  }
}

function quoted(text: string): string {
  return text.replace(/[\s\\'"]/g, (char) => `\\${char}`)
}

/** `open`: the line ends within its last word. */
function wordsOf(line: string): { readonly words: string[]; readonly open: boolean } {
  const words: string[] = []
  let word: string | undefined
  for (const [part] of line.matchAll(/\\.|'[^']*'?|"[^"]*"?|\s+|./gs)) {
    if (/^\s/.test(part)) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else if (part.length > 1 && part.startsWith('\\')) word = (word ?? '') + part[1]
    else if (/^['"]/.test(part)) word = (word ?? '') + part.replace(/^(['"])(.*?)\1?$/s, '$2')
    else word = (word ?? '') + part
  }
  if (word !== undefined) words.push(word)
  return { words, open: word !== undefined }
}

function joined(here: string, path: string): string {
  return here === '/' ? `/${path}` : `${here}/${path}`
}

/** `.` and `..` are no names of znodes. */
function resolved(here: string, path: string): string {
  const parts: string[] = []
  for (const part of (path.startsWith('/') ? path : joined(here, path)).split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return `/${parts.join('/')}`
}
