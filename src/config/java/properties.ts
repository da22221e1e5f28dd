/*
 * A properties file as java.util.Properties.load(InputStream) reads it (LineReader.readLine, load0, loadConvert), with
 * places, and with nothing lost: what is not an entry (comments, blank lines) lies between the entries' bytes.
 *
 *   logical line = natural lines joined where an odd number of backslashes ends one; blanks before each are skipped
 *   key          = up to the first = : blank tab or form feed without a backslash before it
 *   comment      = a line whose first character is # or !
 *   bytes        = ISO-8859-1, whatever the author thought
 */

export interface PropertyEntry {
  readonly key: string
  readonly value: string
  /** Both as they are written, escapes and all, only joined where a line goes on. */
  readonly rawKey: string
  readonly rawValue: string
  /** The natural line on which it begins, from 1. */
  readonly line: number
  /** Its bytes, from the first character of its first line to behind its last line's end. */
  readonly start: number
  readonly end: number
}

export interface PropertiesFile {
  readonly bytes: Uint8Array
  /** In file order, duplicates included. */
  readonly entries: readonly PropertyEntry[]
  /** What load() throws, and where; entries behind it were not read. */
  readonly error: { readonly message: string; readonly line: number } | null
}

const MALFORMED = 'Malformed \\uxxxx encoding.'
const TAB = 9
const LF = 10
const FORM_FEED = 12
const CR = 13
const BLANK = 32
const HASH = 35
const BANG = 33
const COLON = 58
const EQUALS = 61
const BACKSLASH = 92

interface LogicalLine {
  /** Without backslashes at line ends, null at the end of the file. */
  readonly text: string
  readonly line: number
  readonly start: number
  readonly end: number
}

export function parseProperties(bytes: Uint8Array): PropertiesFile {
  const entries: PropertyEntry[] = []
  for (const { text, line, start, end } of logicalLines(bytes)) {
    const { keyEnd, valueStart } = split(text)
    const [rawKey, rawValue] = [text.slice(0, keyEnd), text.slice(valueStart)]
    const [key, value] = [unescaped(rawKey), unescaped(rawValue)]
    if (key === undefined || value === undefined) return { bytes, entries, error: { message: MALFORMED, line } }
    entries.push({ key, value, rawKey, rawValue, line, start, end })
  }
  return { bytes, entries, error: null }
}

/** What a server sees: the last of equal keys wins. */
export function lastEntries(file: PropertiesFile): Map<string, PropertyEntry> {
  return new Map(file.entries.map((entry) => [entry.key, entry]))
}

function* logicalLines(bytes: Uint8Array): Generator<LogicalLine> {
  const latin1 = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
  const end = bytes.length
  let text = ''
  let line = 1
  let first = 1
  let start = 0
  // where a logical line that begins now would begin
  let begins = { line: 1, start: 0 }
  let skipBlanks = true
  let appended = false
  let backslash = false
  for (let at = 0; at < end; ) {
    const from = at
    const code = latin1.charCodeAt(at++)
    const lineEnd = code === LF || code === CR
    if (skipBlanks) {
      if (code === BLANK || code === TAB || code === FORM_FEED) continue
      if (!appended && lineEnd) {
        at = behindLineEnd(latin1, code, at)
        begins = { line: ++line, start: at }
        continue
      }
      skipBlanks = false
      appended = false
    }
    if (text === '') {
      if (code === HASH || code === BANG) {
        at = behindLine(latin1, at)
        begins = { line: ++line, start: at }
        skipBlanks = true
        continue
      }
      ;({ line: first, start } = begins)
    }
    if (!lineEnd) {
      // everything up to the next line end or backslash at once
      while (at < end && !isSpecial(latin1.charCodeAt(at)) && code !== BACKSLASH) at++
      text += latin1.slice(from, at)
      backslash = code === BACKSLASH ? !backslash : false
      continue
    }
    at = behindLineEnd(latin1, code, at)
    line++
    if (text === '') {
      skipBlanks = true
      begins = { line, start: at }
      continue
    }
    // Java looks whether the file ends before it skips the line feed of a CR LF
    if (backslash && from + 1 < end) {
      text = text.slice(0, -1)
      skipBlanks = true
      appended = true
      backslash = false
      continue
    }
    yield { text: backslash ? text.slice(0, -1) : text, line: first, start, end: at }
    text = ''
    backslash = false
    skipBlanks = true
    begins = { line, start: at }
  }
  if (text !== '') yield { text: backslash ? text.slice(0, -1) : text, line: first, start, end }
}

function isSpecial(code: number): boolean {
  return code === LF || code === CR || code === BACKSLASH
}

function behindLineEnd(text: string, code: number, at: number): number {
  return code === CR && text.charCodeAt(at) === LF ? at + 1 : at
}

function behindLine(text: string, from: number): number {
  let at = from
  while (at < text.length) {
    const code = text.charCodeAt(at++)
    if (code === LF || code === CR) return behindLineEnd(text, code, at)
  }
  return at
}

/** Where the key ends and the value starts in a logical line. */
function split(text: string): { keyEnd: number; valueStart: number } {
  let keyEnd = 0
  let valueStart = text.length
  let separated = false
  let backslash = false
  for (; keyEnd < text.length; keyEnd++) {
    const code = text.charCodeAt(keyEnd)
    if (!backslash && (code === EQUALS || code === COLON)) {
      valueStart = keyEnd + 1
      separated = true
      break
    }
    if (!backslash && (code === BLANK || code === TAB || code === FORM_FEED)) {
      valueStart = keyEnd + 1
      break
    }
    backslash = code === BACKSLASH ? !backslash : false
  }
  for (; valueStart < text.length; valueStart++) {
    const code = text.charCodeAt(valueStart)
    if (code === BLANK || code === TAB || code === FORM_FEED) continue
    if (separated || (code !== EQUALS && code !== COLON)) break
    separated = true
  }
  return { keyEnd, valueStart }
}

const ESCAPES: Readonly<Record<string, string>> = { t: '\t', r: '\r', n: '\n', f: '\f' }

/** Undefined for a malformed \uxxxx. */
function unescaped(text: string): string | undefined {
  if (!text.includes('\\')) return text
  let out = ''
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!
    if (char !== '\\') {
      out += char
      continue
    }
    const letter = text[++at] ?? ''
    if (letter !== 'u') {
      out += ESCAPES[letter] ?? letter
      continue
    }
    const hex = text.slice(at + 1, at + 5)
    if (!/^[0-9a-fA-F]{4}$/.test(hex)) return undefined
    out += String.fromCharCode(Number.parseInt(hex, 16))
    at += 4
  }
  return out
}

/** An entry as one `key=value` line that reads back as it is, without a line end; all ASCII unless it was Latin-1. */
export function formatEntry(key: string, value: string): string {
  const text = escaped(value, /\\/g)
  return `${escaped(key, /[\\=: #!]/g)}=${text.startsWith(' ') ? '\\' : ''}${text}`
}

const CONTROL: Readonly<Record<string, string>> = { '\t': '\\t', '\n': '\\n', '\r': '\\r', '\f': '\\f' }

function escaped(text: string, special: RegExp): string {
  return text.replace(special, '\\$&').replace(/[\u0000-\u001f\u007f]|[^\u0000-\u00ff]/g, (char) => {
    return CONTROL[char] ?? `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}
