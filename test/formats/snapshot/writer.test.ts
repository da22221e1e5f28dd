import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { snappyDecoder } from '../../../src/formats/compression/snappy.ts'
import { encodeSnappyBlock } from '../../../src/formats/compression/snappy-encode.ts'
import { createWasmSnapshotKernel } from '../../../src/formats/snapshot/kernel/create.ts'
import { plainSnapshotKernel } from '../../../src/formats/snapshot/kernel/plain.ts'
import { nodeAt } from '../../../src/formats/snapshot/node.ts'
import { type SnapshotEnd, scanSnapshot } from '../../../src/formats/snapshot/scan.ts'
import { type SnapshotBlocks, snapshotWriter } from '../../../src/formats/snapshot/writer.ts'
import { fixtureSnapshots } from '../../helpers/fixtures.ts'
import { loadWithServer, RELEASES } from '../../helpers/oracle.ts'
import { verifyOne } from '../../helpers/snapshot.ts'
import { BASE, FORMS, node, snappy, snapshot } from '../../helpers/snapshot-builder.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'zkops-written-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

function unpacked(file: string): Buffer {
  const bytes = readFileSync(file)
  if (file.endsWith('.gz')) return gunzipSync(bytes)
  return file.endsWith('.snappy') ? Buffer.concat([...snappyDecoder().push(bytes)]) : bytes
}

const KERNELS = [
  ['wasm', createWasmSnapshotKernel()!],
  ['plain', plainSnapshotKernel()],
] as const

/** Reads a snapshot and writes what was read. */
async function rewritten(bytes: Buffer, kernel = KERNELS[0][1]): Promise<Buffer> {
  let at = 0
  const read = (into: Uint8Array) => {
    const piece = bytes.subarray(at, at + Math.min(into.length, 3000))
    into.set(piece)
    at += piece.length
    return piece.length
  }
  const pieces: Uint8Array[] = []
  const writer = snapshotWriter(createWasmSnapshotKernel()!, (piece) => pieces.push(piece.slice()))
  const parts = scanSnapshot(kernel, read, { limit: 2 ** 21, digest: true, chunkBytes: 4096 })
  let header: SnapshotEnd['header'] = null
  let sessions: { id: bigint; timeoutMs: number }[] = []
  for (;;) {
    const next = await parts.next()
    if (next.done) {
      const { trailer, summary } = next.value
      expect(writer.digest()).toBe(summary.digest)
      writer.end({ digest: trailer!.digest, lastZxid: trailer!.lastZxid })
      return Buffer.concat(pieces)
    }
    const part = next.value
    if (part.kind === 'header') header = part.header
    else if (part.kind === 'sessions') {
      sessions = Array.from({ length: part.sessions.count }, (_, i) => ({
        id: part.sessions.id(i),
        timeoutMs: part.sessions.timeoutMs(i),
      }))
    } else if (part.kind === 'acls') {
      const acls = [...part.acls.refs()].map((ref) => [ref, part.acls.list(ref)!] as const)
      writer.begin({ header: header!, sessions, sessionCount: sessions.length, acls, aclCount: acls.length })
    } else for (let row = 0; row < part.count; row++) writer.node(nodeAt(part, row))
  }
}

describe.each(KERNELS)('%s', (_name, kernel) => {
  test.each(fixtureSnapshots().map(({ name, file }) => [name, file]))(
    '%s is written as it was read',
    async (_, file) => {
      const bytes = unpacked(file)
      expect((await rewritten(bytes, kernel)).equals(bytes)).toBe(true)
    },
  )
})

const BLOCKS: readonly (readonly [format: string, blocks: Partial<SnapshotBlocks>])[] = [
  ['3.4', { digest: null, lastZxid: null }],
  ['3.6', { lastZxid: null }],
  ['3.9', {}],
]

test.each(RELEASES)('servers of %s load written snapshots of every kind that they know', async (version) => {
  const nodes = [
    ...BASE,
    node('/a'),
    node('/a/größe', { data: Buffer.from([0, 255, 1]) }),
    node('/a/null', { data: null }),
    node('/a/big', { data: Buffer.alloc(1_000_000, 'abc') }),
    node('/a/e', { ephemeralOwner: 0x100004bec300001n, aclRef: 2n }),
  ]
  const options = {
    sessions: [{ id: 0x100004bec300001n, timeoutMs: 30_000 }],
    acls: [
      [1n, [{ perms: 31, scheme: Buffer.from('world'), id: Buffer.from('anyone') }]],
      [2n, [{ perms: 1, scheme: Buffer.from('digest'), id: Buffer.from('bob:xlWk0WGAUvNrW/2o9Vq0mJ4Vxl4=') }]],
    ],
  } as const
  const files = BLOCKS.flatMap(([format, blocks]) =>
    FORMS.filter(([end]) => end === '' || version >= '3.6').map(([end, pack]) => {
      const file = join(folder, `${version}-${format}${end}`, `snapshot.1${end}`)
      mkdirSync(join(folder, `${version}-${format}${end}`))
      writeFileSync(file, pack(snapshot(nodes, { ...options, blocks })))
      return { file, format }
    }),
  )
  const loaded = await loadWithServer(
    version,
    files.map(({ file }) => file),
  )
  for (const [i, { file, format }] of files.entries()) {
    const result = await verifyOne(file)
    expect(result).toMatchObject({ verdict: 'valid', serverAccepts: true, format, nodes: nodes.length, findings: [] })
    expect([file, loaded[i]]).toMatchObject([file, { outcome: 'loads', nodes: nodes.length, sessions: 1 }])
    if (version >= '3.6' && result.digest !== null)
      expect(loaded[i]!.digest).toBe(`0x${result.digest.stored.toString(16)}`)
  }
})

describe('snappy blocks', () => {
  const unpack = (bytes: Uint8Array) => Buffer.concat([...snappyDecoder().push(bytes)])
  test('any bytes come back', () => {
    const parts = fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.constant(Buffer.alloc(1000, 'ab')))
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 100 }), (pieces) => {
        const bytes = Buffer.concat(pieces)
        expect(unpack(snappy(bytes)).equals(bytes)).toBe(true)
      }),
      { seed: 5, numRuns: 300 },
    )
  })
  test('text gets smaller', () => {
    expect(encodeSnappyBlock(Buffer.from('/app/node-'.repeat(2000))).length).toBeLessThan(2000)
  })
})
