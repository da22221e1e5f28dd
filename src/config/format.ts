/*
 * One form for configuration files: `key=value` on one line each, no blanks around, Unix line ends, at most one blank
 * line in a row, a line end at the end. Order, comments, duplicates and escapes stay; what the server reads stays the
 * same, except that blanks behind values go, which no server wants.
 */
import type { PropertiesFile } from './java/properties.ts'

/** Throws nothing; a file that cannot be read as properties is not to be given here. */
export function formatConfig(file: PropertiesFile): Uint8Array {
  const lines: string[] = []
  let behind = 0
  for (const entry of file.entries) {
    lines.push(...commentLines(file.bytes, behind, entry.start), `${entry.rawKey}=${withoutEnd(entry.rawValue)}`)
    behind = entry.end
  }
  lines.push(...commentLines(file.bytes, behind, file.bytes.length))
  const kept = lines.filter((line, i) => line !== '' || (lines[i - 1] !== '' && i > 0))
  while (kept.at(-1) === '') kept.pop()
  return Buffer.from(kept.map((line) => `${line}\n`).join(''), 'latin1')
}

/** Blanks at the end go, but not one that a backslash makes part of the value. */
function withoutEnd(value: string): string {
  const end = value.replace(/[ \t\f]+$/, '')
  const escapes = /\\*$/.exec(end)![0].length
  return escapes % 2 === 1 ? value.slice(0, end.length + 1) : end
}

/** What lies between entries: comments and blank lines. */
function commentLines(bytes: Uint8Array, from: number, to: number): readonly string[] {
  if (from === to) return []
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('latin1')
  const lines = text.split(/\r\n|\r|\n/)
  if (lines.at(-1) === '') lines.pop()
  const trimmed = lines.map((line) => line.replace(/^[ \t\f]+|[ \t\f]+$/g, ''))
  // a backslash alone says nothing here, but could elsewhere
  return trimmed.map((line) => (/^[#!]/.test(line) ? line : ''))
}
