import { expect, test } from 'vitest'
import { formatConfig } from '../../src/config/format.ts'
import { type PropertiesFile, parseProperties } from '../../src/config/java/properties.ts'
import { javaTrim } from '../../src/config/java/values.ts'
import { FULL, seeded } from '../helpers/fixtures.ts'

const PIECES = [
  'a',
  'key',
  '=',
  ':',
  ' ',
  '\t',
  '\f',
  '\\',
  '\\\\',
  '\n',
  '\r\n',
  '\r',
  '#',
  '!',
  '\\ ',
  '\\u0041',
  '\\\n',
  '\xe9',
  '\n\n\n',
]

const pairs = ({ entries }: PropertiesFile) => entries.map(({ key, value }) => [key, javaTrim(value)])
const comments = (text: string) => text.split(/\r\n|\r|\n/).filter((line) => /^[ \t\f]*[#!]/.test(line)).length

test('formatting changes no entry and is done after one time', () => {
  const random = seeded(12)
  for (let i = 0; i < (FULL ? 50_000 : 5000); i++) {
    const count = Math.floor(random() * 30)
    const text = Array.from({ length: count }, () => PIECES[Math.floor(random() * PIECES.length)]).join('')
    const file = parseProperties(Buffer.from(text, 'latin1'))
    if (file.error !== null) continue
    const once = formatConfig(file)
    const again = parseProperties(once)
    expect(pairs(again), JSON.stringify(text)).toEqual(pairs(file))
    expect(Buffer.from(formatConfig(again)).toString('latin1'), JSON.stringify(text)).toBe(
      Buffer.from(once).toString('latin1'),
    )
  }
})

test('comments stay where they are', () => {
  const text = '# one\n\n\n\n  ! two\na = 1\n   # three\n# four\n\n'
  const formatted = Buffer.from(formatConfig(parseProperties(Buffer.from(text)))).toString()
  expect(formatted).toBe('# one\n\n! two\na=1\n# three\n# four\n')
  expect(comments(formatted)).toBe(comments(text))
})
