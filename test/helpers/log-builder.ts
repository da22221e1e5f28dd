import { utimesSync, writeFileSync } from 'node:fs'
import { encodeRecord, encodeTxn } from '../../src/formats/txnlog/encode.ts'
import { writeLogHeader } from '../../src/formats/txnlog/header.ts'
import { OP } from '../../src/formats/txnlog/ops.ts'
import type { ReadBytes } from '../../src/formats/txnlog/scan.ts'
import type { AclList, Txn, TxnBody, TxnDigest } from '../../src/formats/txnlog/types.ts'

export const text = (value: string): Uint8Array => new Uint8Array(Buffer.from(value))
export const OPEN_ACL: AclList = [{ perms: 31, scheme: text('world'), id: text('anyone') }]

export interface TxnOptions {
  readonly session?: bigint
  readonly cxid?: number
  readonly timeMs?: bigint
  readonly digest?: TxnDigest | null
  readonly trailing?: Uint8Array
}

/** A transaction as values, with ordinary header fields. */
export function txn(zxid: bigint, type: number, body: TxnBody, options: TxnOptions = {}): Txn {
  return {
    header: {
      session: options.session ?? 0x100004bec300000n,
      cxid: options.cxid ?? Number(zxid & 0xffffn),
      zxid,
      timeMs: options.timeMs ?? 1_763_000_000_000n + zxid,
      type,
    },
    body,
    digest: options.digest ?? null,
    trailing: options.trailing ?? new Uint8Array(),
  }
}

export function create(
  zxid: bigint,
  path: string,
  data: string | Uint8Array | null = 'x',
  options: TxnOptions = {},
): Txn {
  const bytes = typeof data === 'string' ? text(data) : data
  return txn(
    zxid,
    OP.create,
    { kind: 'create', path: text(path), data: bytes, acl: OPEN_ACL, ephemeral: false, parentCversion: 1 },
    options,
  )
}

export const record = (one: Txn): Uint8Array => encodeRecord(encodeTxn(one))

/** A whole log: header, records, `padding` zero bytes. */
export function log(txns: readonly Txn[], padding = 0): Buffer {
  return Buffer.concat([writeLogHeader(), ...txns.map(record), new Uint8Array(padding)])
}

/** `count` creates from `first` on, /n/1 and so on. */
export function creates(count: number, first = 1n, dataBytes = 20): Txn[] {
  return Array.from({ length: count }, (_, i) =>
    create(first + BigInt(i), `/n/${first + BigInt(i)}`, 'd'.repeat(dataBytes)),
  )
}

/** Writes a file that nobody has written for long, as far as its time tells: its end is taken for what it is at once. */
export function writeOldFile(file: string, bytes: Uint8Array): void {
  writeFileSync(file, bytes)
  utimesSync(file, 0, 0)
}

/** Hands out these bytes, as a file would. */
export function readBytes(bytes: Uint8Array): ReadBytes {
  let at = 0
  return (into) => {
    const piece = bytes.subarray(at, at + into.length)
    into.set(piece)
    at += piece.length
    return piece.length
  }
}
