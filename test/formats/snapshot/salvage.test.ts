import { expect, test } from 'vitest'
import { createSnapshotKernel } from '../../../src/formats/snapshot/kernel/create.ts'
import { FIRST_FREE } from '../../../src/formats/snapshot/kernel/kernel.ts'
import { type SnapshotSurvey, surveySnapshot } from '../../../src/formats/snapshot/salvage/survey.ts'
import { FULL, seeded } from '../../helpers/fixtures.ts'
import { BASE, node, snapshot } from '../../helpers/snapshot-builder.ts'
import { nodeRecords } from '../../helpers/snapshot-salvage.ts'

const MIB = 1 << 20

/** `readAt`: as of a plain file; without, what lies ahead is kept in memory, as of a packed one. */
async function surveyed(bytes: Buffer, readAt: boolean): Promise<{ survey: SnapshotSurvey; memory: number }> {
  const kernel = createSnapshotKernel()
  let at = 0
  const read = (into: Uint8Array): number => {
    const count = bytes.copy(into, 0, at, at + into.length)
    at += count
    return count
  }
  const survey = await surveySnapshot(kernel, read, {
    limit: 1_048_575,
    trusted: false,
    mostEpoch: 16,
    lastZxid: 1n,
    breaks: [],
    readAt: readAt ? async (offset, count) => Uint8Array.from(bytes.subarray(offset, offset + count)) : undefined,
  })
  return { survey, memory: kernel.bytes().length - FIRST_FREE }
}

function small(from: number, to: number) {
  return Array.from({ length: to - from }, (_, i) =>
    node(`/a/n${from + i}`, { data: `value ${i} ${'x'.repeat(i % 90)}` }),
  )
}

// values as long as a server with a larger jute.maxbuffer takes
const mixed = snapshot([
  ...BASE,
  node('/a'),
  node('/a/big', { data: Buffer.alloc(3 * MIB, 0x2f) }),
  ...small(0, 400),
  node('/a/half', { data: Buffer.alloc(MIB + 7, 1) }),
  node('/a/zeros', { data: Buffer.alloc(5 * MIB) }),
  ...small(400, 800),
])
const records = nodeRecords(mixed)
const starts = (survey: SnapshotSurvey) => survey.runs.map(({ from, to, nodes }) => [from, to, nodes])

test('a whole one is one run of nodes, large ones too', async () => {
  for (const readAt of [true, false]) {
    const { survey } = await surveyed(mixed, readAt)
    const trailerAt = records.at(-1)!.at + records.at(-1)!.bytes.length
    expect(starts(survey)).toEqual([[survey.nodesAt, trailerAt, records.length]])
    expect(survey.lost).toEqual([])
  }
})

test('what is told from afar is what is told with everything in memory', { timeout: 600_000 }, async () => {
  const random = seeded(7)
  const below = (n: number) => Math.floor(random() * n)
  for (let round = 0; round < (FULL ? 400 : 10); round++) {
    const one = records[below(records.length)]!
    const lengthAt = [one.at, one.at + 4 + Buffer.byteLength(one.path, 'latin1')][below(2)]!
    const bytes = Buffer.from(mixed)
    const kind = below(4)
    const from = kind === 3 ? below(400) : one.at + below(one.bytes.length)
    if (kind === 0) bytes.writeInt32BE(MIB + below(70 * MIB), lengthAt)
    if (kind === 1) bytes[lengthAt + below(4)] = below(256)
    if (kind >= 2) bytes.fill(below(256), from, from + 1 + below(300))
    const damaged = below(3) === 0 ? Buffer.concat([bytes.subarray(0, from), bytes.subarray(from + below(200))]) : bytes
    const near = await surveyed(damaged, true)
    const kept = await surveyed(damaged, false)
    expect(near.survey, `round ${round}`).toEqual(kept.survey)
    // a large value that is intact is read as a whole
    expect(near.memory).toBeLessThanOrEqual(16 * MIB)
    const found = new Set(near.survey.runs.flatMap((run) => nodesOf(damaged, run.from, run.to)))
    let first = 0
    while (first < damaged.length && mixed[first] === damaged[first]) first++
    const intact = records.filter(({ at, bytes: whole }) => at + whole.length <= first)
    const missed = intact.filter(({ at }) => !found.has(at))
    expect(missed, `round ${round}`).toEqual([])
  }
})

function nodesOf(bytes: Buffer, from: number, to: number): number[] {
  const found: number[] = []
  for (let at = from; at < to; ) {
    found.push(at)
    const dataAt = at + 4 + bytes.readUInt32BE(at)
    at = dataAt + 4 + Math.max(0, bytes.readInt32BE(dataAt)) + 68
  }
  return found
}

test('a damaged length takes no memory', async () => {
  const long = snapshot([...BASE, node('/a'), ...small(0, 1000), ...small(1000, 200_000)])
  const all = nodeRecords(long)
  const [root, , , , , fifth] = all
  const damages: [string, (bytes: Buffer) => void][] = [
    ['of data', (one) => one.writeInt32BE(60 * MIB, fifth!.at + 4 + fifth!.path.length)],
    ['of a path', (one) => one.writeInt32BE(60 * MIB, fifth!.at)],
    ["of the root's data", (one) => one.writeInt32BE(60 * MIB, root!.at + 4)],
    ['of the list of sessions', (one) => one.writeInt32BE(5_000_000, 16)],
    ['of the list of sessions, smaller', (one) => one.writeInt32BE(4_000_000, 16)],
    ['none: the root is not there', (one) => one.fill(0xee, root!.at, root!.at + root!.bytes.length)],
  ]
  for (const [title, damage] of damages) {
    const bytes = Buffer.from(long)
    damage(bytes)
    const { survey, memory } = await surveyed(bytes, true)
    expect(memory, title).toBeLessThanOrEqual(8 * MIB)
    const nodes = survey.runs.reduce((sum, run) => sum + run.nodes, 0)
    expect(nodes, title).toBeGreaterThanOrEqual(all.length - 1)
  }
})
