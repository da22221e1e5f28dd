/*
 * Commands that are run on members, as the inventory writes them (docs/inventory.md):
 *
 *   command  a shell command with placeholders; `here`, or behind `exec`
 *   exec     words, split as a shell splits them, that get the command as their last argument; no shell sees them
 *
 * Values go in as one word each whatever they hold: those of words are never split again, those of shell commands are
 * quoted. One that begins with a dash would be an option, and one inside of quotes could end them: both are refused.
 */
import type { ServerCommand } from '../../config/inventory/inventory.ts'
import { ZkopsError } from '../../support/errors.ts'

/** What placeholders stand for; null: the member has none. */
export interface CommandValues {
  readonly id: number
  readonly host: string
  readonly zone: string | null
  readonly dataDir: string | null
  readonly dataLogDir: string | null
  readonly config: string | null
  /** Of an upgrade: the release. */
  readonly to?: string | null
}

export interface MemberCommand {
  readonly program: string
  readonly args: readonly string[]
  /** As one would type it. */
  readonly text: string
}

const SHELL = ['sh', '-c'] as const

/** Throws `usage` for a placeholder without a value, or whose value cannot go where it stands. */
export function memberCommand(
  { command, where }: ServerCommand,
  exec: string | null,
  values: CommandValues,
): MemberCommand {
  const shell = filled(command, values)
  const through = where === 'here' || exec === null ? SHELL : splitWords(exec).map((word) => filledWord(word, values))
  const [program, ...args] = [...through, shell]
  const text = through === SHELL ? shell : [program, ...args].map((word) => quoted(word!)).join(' ')
  return { program: program!, args, text }
}

const PLACEHOLDER = /\{(id|host|zone|dataDir|dataLogDir|config|to)\}/g
const PLAIN = /^[A-Za-z0-9_@%+=:,./-]+$/

/** One word of a shell. */
export function quoted(word: string): string {
  return PLAIN.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}

function filled(command: string, values: CommandValues): string {
  const inQuotes = quotedPlaces(command)
  return command.replace(PLACEHOLDER, (whole, name: keyof CommandValues, at: number) => {
    const value = textOf(name, values)
    if (PLAIN.test(value)) return value
    if (!inQuotes(at)) return quoted(value)
    throw new ZkopsError('usage', `${whole} stands in quotes in ${command}, and ${value} cannot go there`, {
      hint: `Take the quotes around ${whole} away: it is quoted as it needs.`,
    })
  })
}

function filledWord(word: string, values: CommandValues): string {
  return word.replace(PLACEHOLDER, (_, name: keyof CommandValues) => textOf(name, values))
}

function textOf(name: keyof CommandValues, values: CommandValues): string {
  const value = values[name]
  if (value === null || value === undefined) {
    throw new ZkopsError('usage', `a command holds {${name}}, and server ${values.id} has none`, {
      hint: name === 'to' ? 'Only zkops roll upgrade fills it.' : `Write ${name} in the inventory.`,
    })
  }
  const text = String(value)
  if (!text.startsWith('-')) return text
  throw new ZkopsError('usage', `${name} of server ${values.id} is ${text}: it would be taken for an option`)
}

/** Whether a place in a shell command lies between quotes. */
function quotedPlaces(command: string): (at: number) => boolean {
  const quotes: (string | null)[] = []
  let open: string | null = null
  for (let i = 0; i < command.length; i++) {
    const char = command[i]!
    quotes.push(open)
    if (char === '\\' && open !== "'") {
      quotes.push(open)
      i++
    } else if (char === open) open = null
    else if (open === null && (char === "'" || char === '"')) open = char
  }
  return (at) => quotes[at] != null
}

/** Words of a shell's simple command: quotes and backslashes, nothing else. Throws `usage`. */
export function splitWords(text: string): readonly string[] {
  const words: string[] = []
  let word: string | undefined
  let open: string | null = null
  for (let i = 0; i < text.length; i++) {
    const char = text[i]!
    if (char === '\\' && open !== "'" && i + 1 < text.length) word = (word ?? '') + text[++i]!
    else if (char === open) open = null
    else if (open === null && (char === "'" || char === '"')) {
      open = char
      word ??= ''
    } else if (open === null && /\s/.test(char)) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else word = (word ?? '') + char
  }
  if (word !== undefined) words.push(word)
  if (open !== null) throw new ZkopsError('usage', `${text} ends inside of quotes`)
  if (words.length === 0) throw new ZkopsError('usage', 'exec names no program')
  return words
}
