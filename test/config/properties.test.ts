import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { propertiesOrder } from '../../src/config/java/hash-order.ts'
import { formatEntry, lastEntries, parseProperties } from '../../src/config/java/properties.ts'
import { FULL, seeded } from '../helpers/fixtures.ts'
import { runJava } from '../helpers/oracle.ts'

const stage = mkdtempSync(join(tmpdir(), 'zkops-properties-'))
afterAll(() => rmSync(stage, { recursive: true }))

const PIECES = [
  ...['a', 'key', 'server.1', 'dataDir', '=', ':', ' ', '\t', '\f', '\\', '\\\\', '\n', '\r', '\r\n', '#', '!', '\0'],
  ...['\\u0041', '\\u00e9', '\\u20AC', '\\u12', '\\uzzzz', '\\n', '\\t', '\\ ', '\\=', '\\#', '\\\n', '\\\r\n', '\\\r'],
  ...['2000', 'é', '\xff', '#comment\\\n', '\n\n', '\\\n   ', 'k=v\n', 'k:v\r', 'k v\r\n', '\ufeff', '"', "'"],
] as const

function randomText(random: () => number): Buffer {
  const count = Math.floor(random() * 30)
  const text = Array.from({ length: count }, () => PIECES[Math.floor(random() * PIECES.length)]).join('')
  return Buffer.from(text, random() < 0.5 ? 'latin1' : 'utf8')
}

function manyKeys(random: () => number): Buffer {
  const count = Math.floor(random() * 300)
  const key = () => `${PIECES[Math.floor(random() * 4)]}.${Math.floor(random() * 10_000).toString(36)}`
  return Buffer.from(Array.from({ length: count }, () => `${key()}=${Math.floor(random() * 10)}\n`).join(''))
}

/** As the oracle prints: in the order of Java's table. */
function ours(bytes: Uint8Array): unknown {
  const file = parseProperties(bytes)
  if (file.error !== null) return { error: file.error.message }
  const entries = lastEntries(file)
  return { entries: propertiesOrder(entries.keys()).map((key) => [key, entries.get(key)!.value]) }
}

test('random texts read as java.util.Properties reads them, in the order of its table', async () => {
  const random = seeded(7)
  const total = FULL ? 20_000 : 3000
  const texts = Array.from({ length: total }, (_, i) => (i % 10 === 0 ? manyKeys(random) : randomText(random)))
  const files = texts.map((text, i) => {
    const file = join(stage, String(i))
    writeFileSync(file, text)
    return file
  })
  const output = await runJava('3.9.5', 'ConfigOracle', ['properties'], `${files.join('\n')}\n`)
  const theirs = output.trim().split('\n')
  expect(theirs).toHaveLength(total)
  for (const [i, text] of texts.entries()) {
    expect(ours(text), JSON.stringify(text.toString('latin1'))).toEqual(JSON.parse(theirs[i]!))
  }
}, 120_000)

test('entries lie where they say, and everything else between them is comment or blank', () => {
  const random = seeded(8)
  for (let i = 0; i < 2000; i++) {
    const text = randomText(random)
    const file = parseProperties(text)
    if (file.error !== null) continue
    let behind = 0
    for (const entry of file.entries) {
      const alone = parseProperties(text.subarray(entry.start, entry.end)).entries
      expect(alone.map(({ key, value }) => ({ key, value }))).toEqual([{ key: entry.key, value: entry.value }])
      expect(parseProperties(text.subarray(behind, entry.start)).entries).toEqual([])
      expect(
        text
          .subarray(0, entry.start)
          .toString('latin1')
          .split(/\r\n|\r|\n/),
      ).toHaveLength(entry.line)
      behind = entry.end
    }
  }
})

test('an entry that was written reads back', () => {
  const random = seeded(9)
  for (let i = 0; i < 5000; i++) {
    const key = randomText(random).toString('latin1')
    const value = randomText(random).toString(i % 2 === 0 ? 'latin1' : 'utf8')
    const written = formatEntry(key, value)
    const { entries } = parseProperties(Buffer.from(`${written}\n`, 'latin1'))
    expect(entries.map((entry) => [entry.key, entry.value])).toEqual([[key, value]])
  }
})
