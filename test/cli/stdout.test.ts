import { closeSync, mkdtempSync, openSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openSink } from '../../src/cli/stdout.ts'

const file = join(mkdtempSync(join(tmpdir(), 'zkops-sink-')), 'out')

test('everything arrives in order, whatever the sizes', () => {
  const piece = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 50 }),
    fc.uint8Array({ maxLength: 50 }),
    fc.nat(3).map((n) => 'ü'.repeat(n * 400_000)),
    fc.nat(3).map((n) => new Uint8Array(n * 700_000).fill(n)),
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const fd = openSync(file, 'w')
      const sink = openSink(fd)
      for (const one of pieces) sink.write(one)
      sink.flush()
      closeSync(fd)
      expect(readFileSync(file).equals(Buffer.concat(pieces.map((one) => Buffer.from(one as string))))).toBe(true)
    }),
    { numRuns: 60, seed: 7 },
  )
})

test('a reused buffer may be changed at once', () => {
  const fd = openSync(file, 'w')
  const sink = openSink(fd)
  const bytes = new Uint8Array([1, 2, 3])
  sink.write(bytes)
  bytes.fill(9)
  sink.flush()
  closeSync(fd)
  expect([...readFileSync(file)]).toEqual([1, 2, 3])
})
