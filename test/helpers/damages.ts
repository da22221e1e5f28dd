/* Ways to damage a copy of a server's directory: those of the failure catalogue, and random ones. */
import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { adler32 } from '../../src/formats/checksum/adler32.ts'
import { snappy } from './snapshot-builder.ts'

const HEADER = 16

/** A directory under damage: names in zxid order. */
export class Victim {
  readonly version2: string
  readonly dir: string

  constructor(dir: string) {
    this.dir = dir
    this.version2 = join(dir, 'version-2')
  }

  private named(kind: string): readonly string[] {
    const names = readdirSync(this.version2).filter((name) => new RegExp(`^${kind}\\.[0-9a-f]+$`).test(name))
    return names.sort((a, b) => Number(`0x${a.split('.')[1]}`) - Number(`0x${b.split('.')[1]}`))
  }

  get logs(): readonly string[] {
    return this.named('log')
  }

  get snapshots(): readonly string[] {
    return this.named('snapshot')
  }

  /** Counted from the newest: 0, 1… */
  log(back = 0): Victimized {
    return new Victimized(join(this.version2, this.logs.at(-1 - back)!))
  }

  snapshot(back = 0): Victimized {
    return new Victimized(join(this.version2, this.snapshots.at(-1 - back)!))
  }

  /** Removes all snapshots but the oldest, so that all logs count. */
  keepOldestSnapshot(): this {
    for (const name of this.snapshots.slice(1)) rmSync(join(this.version2, name))
    return this
  }

  write(name: string, bytes: string | Uint8Array): void {
    writeFileSync(join(this.version2, name), bytes)
  }

  get lastName(): bigint {
    return BigInt(`0x${this.logs.at(-1)!.split('.')[1]}`)
  }
}

/** Where a record lies: its checksum, and behind its end mark. */
export interface RecordPlace {
  readonly at: number
  readonly end: number
}

/** One file under damage. */
export class Victimized {
  readonly file: string
  constructor(file: string) {
    this.file = file
  }

  get bytes(): Buffer {
    return readFileSync(this.file)
  }

  edit(change: (bytes: Buffer) => Buffer | undefined): this {
    const bytes = this.bytes
    writeFileSync(this.file, change(bytes) ?? bytes)
    return this
  }

  flip(at: number, bit = 0): this {
    return this.edit((bytes) => {
      bytes[at < 0 ? bytes.length + at : at]! ^= 1 << bit
      return bytes
    })
  }

  zero(from: number, to?: number): this {
    return this.edit((bytes) => bytes.fill(0, from, to))
  }

  cut(to: number): this {
    truncateSync(this.file, to)
    return this
  }

  rename(name: string): void {
    renameSync(this.file, join(dirname(this.file), name))
  }

  copy(name: string): Victimized {
    const copy = join(dirname(this.file), name)
    copyFileSync(this.file, copy)
    return new Victimized(copy)
  }

  remove(): void {
    rmSync(this.file)
  }

  gzip(name?: string): Victimized {
    const packed = name ?? `${this.file.split('/').at(-1)}.gz`
    const file = join(dirname(this.file), packed)
    writeFileSync(file, gzipSync(this.bytes))
    this.remove()
    return new Victimized(file)
  }

  snappy(): Victimized {
    const file = `${this.file}.snappy`
    writeFileSync(file, snappy(this.bytes))
    this.remove()
    return new Victimized(file)
  }

  /** Records of a log. */
  records(): readonly RecordPlace[] {
    const bytes = this.bytes
    const places: RecordPlace[] = []
    for (let at = HEADER; at + 12 <= bytes.length; ) {
      const length = bytes.readInt32BE(at + 8)
      if (length <= 0 || at + 13 + length > bytes.length) break
      places.push({ at, end: at + 13 + length })
      at += 13 + length
    }
    return places
  }

  /** Counted from the front, or with a negative number from the end; the nearest there is. */
  record(n: number): RecordPlace {
    const places = this.records()
    return n < 0 ? places[Math.max(0, places.length + n)]! : places[Math.min(n, places.length - 1)]!
  }

  /** Changes a record's payload and gives it a fresh checksum. */
  restamp(n: number, change: (payload: Buffer) => Buffer | undefined): this {
    const { at, end } = this.record(n)
    return this.edit((bytes) => {
      const payload = Buffer.from(bytes.subarray(at + 12, end - 1))
      const changed = change(payload) ?? payload
      const head = Buffer.alloc(12)
      head.writeUInt32BE(adler32(changed, 1), 4)
      head.writeInt32BE(changed.length, 8)
      return Buffer.concat([bytes.subarray(0, at), head, changed, Buffer.from('B'), bytes.subarray(end)])
    })
  }

  /** The zxid of the n-th record. */
  zxidOf(n: number): bigint {
    return this.bytes.readBigInt64BE(this.record(n).at + 24)
  }

  /** Writes a record behind the last one. */
  append(record: Uint8Array): this {
    const { end } = this.record(-1)
    return this.edit((bytes) => Buffer.concat([bytes.subarray(0, end), record, bytes.subarray(end)]))
  }

  /** Takes records [from, to) out. */
  drop(from: number, to: number): this {
    const [first, last] = [this.record(from), this.record(to - 1)]
    return this.edit((bytes) => Buffer.concat([bytes.subarray(0, first.at), bytes.subarray(last.end)]))
  }

  /** Seals a snapshot's tree again: the first seal and everything behind it. */
  reseal(change: (bytes: Buffer) => void): this {
    return this.edit((bytes) => {
      change(bytes)
      const seals = sealsOf(bytes)
      for (const at of seals) bytes.writeUInt32BE(adler32(bytes.subarray(0, at), 1), at + 4)
      return bytes
    })
  }
}

const SEAL_END = Buffer.from([0, 0, 0, 1, 0x2f])

/** Where the seals' checksums lie: behind the end of the nodes, then behind each block. */
export function sealsOf(bytes: Buffer): readonly number[] {
  const first = [13, 46, 67].map((left) => bytes.length - left).find((at) => isSealed(bytes, at))
  if (first === undefined) return []
  return [first, first + 33, first + 54].filter((at) => at + 13 <= bytes.length && at <= bytes.length - 13)
}

function isSealed(bytes: Buffer, at: number): boolean {
  return at > 5 && bytes.subarray(at - 5, at).equals(SEAL_END) && bytes.subarray(at + 8, at + 13).equals(SEAL_END)
}

/** Where the node of a path lies in a snapshot: its data's length field. */
export function nodeIn(bytes: Buffer, path: string): { readonly at: number; readonly aclAt: number } {
  const name = Buffer.alloc(4 + path.length)
  name.writeInt32BE(path.length)
  name.write(path, 4)
  const at = bytes.indexOf(name)
  const dataAt = at + name.length
  return { at, aclAt: dataAt + 4 + Math.max(0, bytes.readInt32BE(dataAt)) }
}

/** Paths of a snapshot of a real server, in file order. */
export function pathsIn(bytes: Buffer): readonly string[] {
  const paths: string[] = []
  // the root: an empty path, no data
  let at = bytes.indexOf(Buffer.from('0000000a2f7a6f6f6b6565706572', 'hex'))
  while (at >= 0 && at + 4 <= bytes.length) {
    const length = bytes.readInt32BE(at)
    const path = bytes.toString('utf8', at + 4, at + 4 + length)
    if (path === '/' || length <= 0) break
    paths.push(path)
    const dataLength = bytes.readInt32BE(at + 4 + length)
    at += 8 + length + Math.max(0, dataLength) + 68
  }
  return paths
}

/** One to three random damages. */
export function randomDamage(victim: Victim, random: () => number): string {
  const at = (most: number) => Math.floor(random() * most)
  const told: string[] = []
  for (let n = 1 + at(3); n > 0; n--) {
    const names = readdirSync(victim.version2).sort()
    if (names.length === 0) break
    const name = names[at(names.length)]!
    const one = new Victimized(join(victim.version2, name))
    const size = one.bytes.length
    const place = at(size)
    const kind = at(11)
    told.push(`${name} kind ${kind} at ${place}`)
    if (size === 0 && kind < 7) continue
    if (kind <= 2) one.flip(place, at(8))
    else if (kind === 3) one.zero(place, Math.min(size, place + 1 + at(400)))
    else if (kind === 4) one.cut(place)
    else if (kind === 5)
      one.edit((bytes) => Buffer.concat([bytes.subarray(0, place), bytes.subarray(Math.min(size, place + 1 + at(60)))]))
    else if (kind === 6) one.edit((bytes) => Buffer.concat([bytes, bytes.subarray(size - at(Math.min(size, 60)))]))
    else if (kind === 7) one.remove()
    else if (kind === 8) one.rename(`${name.split('.')[0]}.${(1 + at(0x90)).toString(16)}`)
    else if (kind === 9 && name.startsWith('log')) {
      const records = one.records().length
      if (records > 3) one.drop(at(records - 2), records - 1)
    } else {
      // in records rather than in padding
      const used = name.startsWith('log') ? (one.records().at(-1)?.end ?? size) : size
      if (used > 0) one.flip(at(used), at(8))
    }
  }
  return told.join(', ')
}

export function folder(path: string): string {
  mkdirSync(path, { recursive: true })
  return path
}
