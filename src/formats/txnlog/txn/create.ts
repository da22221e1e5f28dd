/*
 * create, create2 => path:ustring data:buffer acls ephemeral:boolean [parentCVersion:int]
 *                    CreateTxn; without the last field CreateTxnV0 (3.3, type create only)
 * createContainer => path data acls parentCVersion:int              CreateContainerTxn, 3.5.1+
 * createTTL       => path data acls parentCVersion:int ttl:long     CreateTTLTxn, 3.5.3+
 */
import type { JuteReader } from '../../jute/reader.ts'
import type { JuteWriter } from '../../jute/writer.ts'
import type { CreateContainerTxn, CreateTtlTxn, CreateTxn } from '../types.ts'
import { readAcls, writeAcls } from './acl.ts'

/** `mayBeV0`: a body that ends before parentCVersion is the old form (SerializeUtils tries it for type create only). */
export function readCreate(input: JuteReader, mayBeV0: boolean): CreateTxn {
  const path = input.buffer()
  const data = input.buffer()
  const acl = readAcls(input)
  const ephemeral = input.boolean()
  const parentCversion = mayBeV0 && input.remaining < 4 ? null : input.int()
  return { kind: 'create', path, data, acl, ephemeral, parentCversion }
}

export function writeCreate(output: JuteWriter, txn: CreateTxn): void {
  writeNode(output, txn)
  output.boolean(txn.ephemeral)
  if (txn.parentCversion !== null) output.int(txn.parentCversion)
}

export function readCreateContainer(input: JuteReader): CreateContainerTxn {
  const path = input.buffer()
  const data = input.buffer()
  return { kind: 'createContainer', path, data, acl: readAcls(input), parentCversion: input.int() }
}

export function writeCreateContainer(output: JuteWriter, txn: CreateContainerTxn): void {
  writeNode(output, txn)
  output.int(txn.parentCversion)
}

export function readCreateTtl(input: JuteReader): CreateTtlTxn {
  const path = input.buffer()
  const data = input.buffer()
  const acl = readAcls(input)
  return { kind: 'createTTL', path, data, acl, parentCversion: input.int(), ttlMs: input.long() }
}

export function writeCreateTtl(output: JuteWriter, txn: CreateTtlTxn): void {
  writeNode(output, txn)
  output.int(txn.parentCversion)
  output.long(txn.ttlMs)
}

function writeNode(output: JuteWriter, txn: CreateTxn | CreateContainerTxn | CreateTtlTxn): void {
  output.buffer(txn.path)
  output.buffer(txn.data)
  writeAcls(output, txn.acl)
}
