/*
 * Snapshots with seals that fit but with something wrong inside, held against the loader of 3.9.5.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { adler32 } from '../../src/formats/checksum/adler32.ts'
import { SNAPSHOT_FINDINGS } from '../../src/formats/snapshot/findings.ts'
import type { SnapshotNode } from '../../src/formats/snapshot/node.ts'
import { loadWithServer, type ServerLoading } from '../helpers/oracle.ts'
import { verifyOne } from '../helpers/snapshot.ts'
import { BASE, node, snappy, snapshot } from '../helpers/snapshot-builder.ts'

const world = { scheme: Buffer.from('world'), id: Buffer.from('anyone') }
const OPEN = [{ perms: 31, ...world }]
const quota = (path: string) => [...BASE, node(`/zookeeper/quota${path}`)]

/** Changes bytes and puts a fitting first seal behind; no blocks. */
function resealed(nodes: readonly SnapshotNode[], change: (bytes: Buffer) => Buffer): Buffer {
  const whole = snapshot(nodes, { blocks: { digest: null, lastZxid: null } })
  const changed = change(Buffer.from(whole.subarray(0, -13)))
  const seal = Buffer.from(whole.subarray(-13))
  seal.writeBigUInt64BE(BigInt(adler32(changed)))
  return Buffer.concat([changed, seal])
}

const plain = { digest: null, lastZxid: null }
const old = (value: string): Buffer => {
  const whole = snapshot(BASE, { blocks: plain })
  const block = Buffer.alloc(16)
  block.writeBigInt64BE(1n)
  block.writeInt32BE(1, 8)
  block.writeInt32BE(value.length, 12)
  const sealed = Buffer.concat([whole, block, Buffer.from(value)])
  const seal = Buffer.from(whole.subarray(-13))
  seal.writeBigUInt64BE(BigInt(adler32(sealed)))
  return Buffer.concat([sealed, seal])
}

/** Name, bytes, the finding to expect, and the verdict. */
const CASES: readonly (readonly [title: string, name: string, bytes: Buffer, code: string | null, valid: boolean])[] = [
  ['nothing wrong', 'snapshot.1', snapshot(BASE), null, true],
  ['no nodes at all', 'snapshot.1', snapshot([], { blocks: plain }), null, true],
  ['an orphan', 'snapshot.1', snapshot([...BASE, node('/a/b')]), 'snapshot.orphan', false],
  ['a child before its parent', 'snapshot.1', snapshot([...BASE, node('/a/b'), node('/a')]), 'snapshot.orphan', false],
  ['no root', 'snapshot.1', snapshot(BASE.slice(1)), 'snapshot.orphan', false],
  [
    'parents first, but not depth first',
    'snapshot.1',
    snapshot([...BASE, node('/a'), node('/b'), node('/a/c'), node('/b/d'), node('/a/c/e')]),
    null,
    true,
  ],
  ['a node twice', 'snapshot.1', snapshot([...BASE, node('/a'), node('/b'), node('/a')]), 'snapshot.duplicate', false],
  ['the root twice', 'snapshot.1', snapshot([...BASE, node('')]), 'snapshot.duplicate', false],
  ['a path without a slash', 'snapshot.1', snapshot([...BASE, node('abc')]), 'snapshot.root-replaced', false],
  [
    'an undefined list',
    'snapshot.1',
    snapshot([...BASE, node('/a', { aclRef: 17n })]),
    'snapshot.acl-undefined',
    false,
  ],
  [
    'an undefined list in a fuzzy one',
    'snapshot.1',
    snapshot([...BASE, node('/a', { aclRef: 17n }), node('/b', { mzxid: 2n })], { blocks: plain }),
    'snapshot.acl-undefined',
    true,
  ],
  ['a null list', 'snapshot.1', snapshot(BASE, { acls: [[1n, null]] }), 'snapshot.acl-null', false],
  ['an empty list', 'snapshot.1', snapshot(BASE, { acls: [[1n, []]] }), null, true],
  [
    'a null scheme',
    'snapshot.1',
    snapshot(BASE, { acls: [[1n, [{ perms: 1, scheme: null, id: null }]]] }),
    'snapshot.acl-null',
    false,
  ],
  [
    'a list twice',
    'snapshot.1',
    snapshot(BASE, {
      acls: [
        [1n, OPEN],
        [1n, [{ perms: 1, ...world }]],
      ],
    }),
    null,
    true,
  ],
  [
    'an ephemeral of a session that is not listed',
    'snapshot.1',
    snapshot([...BASE, node('/a', { ephemeralOwner: 5n })]),
    'snapshot.ephemeral-without-session',
    true,
  ],
  ['a container', 'snapshot.1', snapshot([...BASE, node('/a', { ephemeralOwner: -(1n << 63n) })]), null, true],
  ['a TTL node', 'snapshot.1', snapshot([...BASE, node('/a', { ephemeralOwner: -0xffffffffffff00n })]), null, true],
  [
    'a null path',
    'snapshot.1',
    resealed([...BASE, node('')], (b) => b.fill(255, b.length - 82, b.length - 78)),
    'snapshot.null-path',
    false,
  ],
  ['a quota on the root', 'snapshot.1', snapshot(quota('/zookeeper_limits')), 'snapshot.root-quota', true],
  [
    'a quota on the root with a child',
    'snapshot.1',
    snapshot([...quota('/zookeeper_limits'), node('/zookeeper/quota/zookeeper_limits/x')]),
    null,
    true,
  ],
  ['a quota on /a', 'snapshot.1', snapshot([...quota('/a'), node('/zookeeper/quota/a/zookeeper_limits')]), null, true],
  [
    'a value above jute.maxbuffer and its extra',
    'snapshot.1',
    snapshot([...BASE, node('/a', { data: Buffer.alloc(2_097_151) })]),
    'snapshot.over-limit',
    true,
  ],
  ['the largest value', 'snapshot.1', snapshot([...BASE, node('/a', { data: Buffer.alloc(2_097_150) })]), null, true],
  [
    'a list with too long an id',
    'snapshot.1',
    snapshot(BASE, { acls: [[1n, [{ perms: 1, ...world, id: Buffer.alloc(2_097_151) }]]] }),
    'snapshot.not-loaded',
    true,
  ],
  ['a negative number of sessions', 'snapshot.1', resealed(BASE, (b) => b.fill(255, 16, 20)), null, true],
  ['the last zxid alone', 'snapshot.1', snapshot(BASE, { blocks: { digest: null } }), 'snapshot.flags', true],
  ['a digest alone', 'snapshot.1', snapshot(BASE, { blocks: { lastZxid: null } }), null, true],
  ['no blocks', 'snapshot.1', snapshot(BASE, { blocks: plain }), null, true],
  [
    'a digest that does not fit',
    'snapshot.1',
    snapshot(BASE, { blocks: { digest: { zxid: 1n, version: 2, value: 7n } } }),
    'snapshot.digest-mismatch',
    false,
  ],
  [
    'an empty digest',
    'snapshot.1',
    snapshot(BASE, { blocks: { digest: { zxid: 0n, version: 2, value: 0n } } }),
    null,
    true,
  ],
  [
    'a digest of version 3',
    'snapshot.1',
    snapshot(BASE, { blocks: { digest: { zxid: 1n, version: 3, value: 7n } } }),
    null,
    true,
  ],
  ['an old digest', 'snapshot.1', old('1f'), 'snapshot.truncated', false],
  ['an old digest that is no number', 'snapshot.1', old('xyz'), 'snapshot.truncated', false],
  ['a name above it', 'snapshot.5', snapshot(BASE), 'snapshot.name-mismatch', true],
  ['a fuzzy one', 'snapshot.1', snapshot([...BASE, node('/a', { mzxid: 9n })]), null, true],
  ['the name of a compressed one', 'snapshot.1.gz', snapshot(BASE), 'snapshot.name-form', true],
  ['a compressed one with a plain name', 'snapshot.1', snappy(snapshot(BASE)), 'snapshot.name-form', true],
  ['a copy', 'snapshot.1.bak', snapshot(BASE), 'snapshot.stray-copy', true],
  [
    'a zero behind the end',
    'snapshot.1',
    Buffer.concat([snapshot(BASE), Buffer.alloc(1)]),
    'snapshot.junk-behind-end',
    false,
  ],
  [
    'junk with the tail of a snapshot',
    'snapshot.1',
    Buffer.concat([snapshot(BASE), Buffer.from([9, 9, 0, 0, 0, 1, 0x2f])]),
    'snapshot.junk-behind-end',
    false,
  ],
  ['an empty file', 'snapshot.1', Buffer.alloc(0), 'snapshot.truncated', false],
  ['nine bytes', 'snapshot.1', snapshot(BASE).subarray(0, 9), 'snapshot.truncated', false],
  ['zeros', 'snapshot.1', Buffer.alloc(500), 'snapshot.magic', false],
  [
    'a malformed path',
    'snapshot.1',
    snapshot([...BASE, node(Buffer.from('/\xff', 'latin1'))], { blocks: plain }),
    null,
    true,
  ],
]

describe('crafted snapshots', () => {
  let folder: string
  let files: string[]
  let loaded: readonly ServerLoading[]
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'zkops-crafted-'))
    files = CASES.map(([, name, bytes], i) => {
      const file = join(folder, String(i), name)
      mkdirSync(dirname(file))
      writeFileSync(file, bytes)
      return file
    })
    loaded = await loadWithServer('3.9.5', files)
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  test.each(CASES.map(([title, , , code, valid], i) => [title, code, valid, i] as const))(
    '%s',
    async (_, code, valid, i) => {
      const result = await verifyOne(files[i]!)
      const codes = result.findings.map((finding) => finding.code)
      for (const one of codes) expect(SNAPSHOT_FINDINGS[one], one).toBeDefined()
      const how = result.findings.find((finding) => finding.code === 'snapshot.not-loaded')?.evidence?.server
      expect({ ours: result.serverAccepts ? 'loads' : how, codes }).toEqual({ ours: loaded[i]!.outcome, codes })
      expect([result.verdict, codes]).toEqual([valid ? 'valid' : 'damaged', codes])
      if (code === null) expect(codes).toEqual([])
      else expect(codes).toContain(code)
    },
  )
})

test('a digest of a server without UTF-8 is recognised', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'zkops-charset-'))
  const file = join(folder, 'snapshot.1')
  const nodes = [...BASE, node('/größe'), node('/日本'), node('/ascii')]
  writeFileSync(file, snapshot(nodes, { blocks: { lastZxid: null } }))
  const [loaded] = await loadWithServer('3.9.5', [file], ['-Dfile.encoding=US-ASCII'])
  expect(loaded!.digest).not.toBe(`0x${(await verifyOne(file)).digest!.computed!.toString(16)}`)
  const digest = { zxid: 1n, version: 2, value: BigInt(loaded!.digest!) }
  writeFileSync(file, snapshot(nodes, { blocks: { digest, lastZxid: null } }))
  const result = await verifyOne(file)
  expect(result).toMatchObject({ verdict: 'valid', digest: { match: true, computed: digest.value } })
  expect(result.findings.map(({ code }) => code)).toEqual(['snapshot.digest-charset'])
  rmSync(folder, { recursive: true })
})

test('a node of a megabyte is read across pieces, two gigabytes that are not there allocate nothing', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'zkops-claims-'))
  const file = join(folder, 'snapshot.1')
  const bytes = snapshot(BASE)
  // the length of the second path
  const at = bytes.indexOf('/zookeeper') - 4
  bytes.writeInt32BE(0x7fffffff, at)
  writeFileSync(file, bytes)
  const before = process.memoryUsage().arrayBuffers
  const result = await verifyOne(file)
  expect(result.findings[0]).toMatchObject({ code: 'snapshot.length', offset: at })
  expect(result).toMatchObject({ verdict: 'damaged', nodes: 1, serverAccepts: false })
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 << 20)
  rmSync(folder, { recursive: true })
})
