import { formatEntry, type PropertiesFile } from './java/properties.ts'
import { javaTrim } from './java/values.ts'

/** A line that gets another key, too. */
export interface Renamed {
  readonly key: string
  readonly value: string
}

/**
 * A properties file with some values changed (null takes the key away): every byte of all other lines, comments and
 * their order stay. Of a key that stands there several times the last line, which counts, gets the value and the others
 * go; a new key comes at the end.
 */
export function rewriteProperties(
  file: PropertiesFile,
  wanted: ReadonlyMap<string, string | Renamed | null>,
): Uint8Array {
  const changes = new Map<string, string | Renamed | null>([...openEnd(file), ...wanted])
  const parts: Uint8Array[] = []
  const keep = (from: number, to: number) => parts.push(file.bytes.subarray(from, to))
  const line = (key: string, value: string | Renamed) => {
    const text = typeof value === 'string' ? formatEntry(key, value) : formatEntry(value.key, value.value)
    parts.push(Buffer.from(`${text}\n`, 'latin1'))
  }
  const last = new Map(file.entries.map((entry) => [javaTrim(entry.key), entry]))
  let behind = 0
  for (const entry of file.entries) {
    const key = javaTrim(entry.key)
    const value = changes.get(key)
    if (value === undefined) continue
    keep(behind, entry.start)
    behind = entry.end
    if (value !== null && last.get(key) === entry) line(key, value)
  }
  keep(behind, file.bytes.length)
  const added = [...changes].filter(([key, value]) => value !== null && !last.has(key))
  if (added.length > 0 && !endsLine(parts)) parts.push(Buffer.from('\n'))
  for (const [key, value] of added) line(key, value!)
  return Buffer.concat(parts)
}

/** A last line that goes on would swallow what is added: it is written anew. */
function openEnd({ bytes, entries }: PropertiesFile): readonly (readonly [string, string])[] {
  const last = entries.at(-1)
  if (last?.end !== bytes.length) return []
  const text = Buffer.from(bytes.subarray(last.start)).toString('latin1')
  const escapes = /(\\*)(\r\n|\r|\n)?$/.exec(text)![1]!.length
  return escapes % 2 === 1 ? [[javaTrim(last.key), last.value]] : []
}

function endsLine(parts: readonly Uint8Array[]): boolean {
  const end = parts.findLast((part) => part.length > 0)?.at(-1)
  return end === undefined || end === 0x0a || end === 0x0d
}
