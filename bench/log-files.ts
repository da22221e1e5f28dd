import { randomBytes } from 'node:crypto'
import { closeSync, copyFileSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { generateLog } from './generate-log.ts'

/** A generated log, alone in its folder. */
export interface BenchLog {
  readonly folder: string
  readonly file: string
  /** A copy with one byte wrong in the middle. */
  readonly damaged: string
  readonly records: number
  /** Distinct paths that it names. */
  readonly paths: number
}

export function makeLog(parent: string, name: string, bytes: number): BenchLog {
  const folder = join(parent, name)
  // a folder in it is no log
  const damaged = join(folder, 'damaged', 'log.1')
  mkdirSync(join(folder, 'damaged'), { recursive: true })
  const file = join(folder, 'log.1')
  const made = generateLog(file, bytes)
  copyFileSync(file, damaged)
  const fd = openSync(damaged, 'r+')
  const byte = new Uint8Array(1)
  readSync(fd, byte, 0, 1, bytes >> 1)
  writeSync(fd, Uint8Array.of(byte[0]! ^ 0xff), 0, 1, bytes >> 1)
  closeSync(fd)
  return { folder, file, damaged, ...made }
}

const PIECE = 16 << 20

/** A log's first megabyte, a byte wrong, then `bytes` bytes without a single record. */
export function makeGarbage(parent: string, log: BenchLog, kind: 'random' | 'snapshot', bytes: number): string {
  const folder = join(parent, kind)
  mkdirSync(folder)
  const file = join(folder, 'log.1')
  const start = Buffer.alloc(1 << 20)
  const source = openSync(log.file, 'r')
  readSync(source, start)
  closeSync(source)
  start[1 << 19]! ^= 0xff
  // records behind the wrong byte would be found at once
  start.fill(0xff, (1 << 19) + 1)
  const fd = openSync(file, 'w')
  writeSync(fd, start)
  const nodes = kind === 'snapshot' ? znodes(PIECE) : undefined
  for (let at = 0; at < bytes; at += PIECE) writeSync(fd, nodes ?? randomBytes(PIECE))
  closeSync(fd)
  return file
}

/** As in a snapshot: path, data, number of the access list, 60 bytes of stat. Full of zeros and small numbers. */
function znodes(bytes: number): Buffer {
  const buffer = Buffer.alloc(bytes)
  for (let at = 0, n = 0; at < bytes - 2048; n++) {
    const path = `/brokers/topics/topic-${n % 977}/partitions/${n % 20}/state`
    at = buffer.writeInt32BE(path.length, at)
    at += buffer.write(path, at)
    const length = 10 + (n % 800)
    at = buffer.writeInt32BE(length, at)
    at += randomBytes(length).copy(buffer, at)
    at = buffer.writeBigInt64BE(BigInt(n % 40), at)
    at = buffer.writeBigInt64BE(BigInt(n), at)
    at = buffer.writeBigInt64BE(BigInt(n + 5), at)
    at = buffer.writeBigInt64BE(1_763_000_000_000n + BigInt(n), at)
    at = buffer.writeBigInt64BE(1_763_000_000_000n + BigInt(n), at)
    at = buffer.writeInt32BE(n % 7, at)
    at = buffer.writeInt32BE(n % 3, at)
    at = buffer.writeInt32BE(0, at)
    at = buffer.writeBigInt64BE(0n, at)
    at = buffer.writeBigInt64BE(BigInt(n), at)
  }
  return buffer
}
