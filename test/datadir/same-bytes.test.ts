import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { sameBytes } from '../../src/datadir/same-bytes.ts'

const folder = mkdtempSync(join(tmpdir(), 'zkops-same-'))
afterAll(() => rmSync(folder, { recursive: true }))

test.each([0, 1, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 3 << 20])('of %i bytes', (size) => {
  const files = ['a', 'b'].map((name) => join(folder, name))
  const bytes = Buffer.alloc(size, 7)
  for (const file of files) writeFileSync(file, bytes)
  expect(sameBytes(files[0]!, files[1]!)).toBe(true)
  if (size > 0) {
    bytes[size - 1] = 8
    writeFileSync(files[1]!, bytes)
    expect(sameBytes(files[0]!, files[1]!)).toBe(false)
  }
  writeFileSync(files[1]!, Buffer.concat([bytes, Buffer.alloc(1)]))
  expect(sameBytes(files[0]!, files[1]!)).toBe(false)
})
