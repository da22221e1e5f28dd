/*
 * delete, deleteContainer => path:ustring                           DeleteTxn; deleteContainer 3.5.1+, TTL nodes too
 * setData, reconfig       => path:ustring data:buffer version:int   SetDataTxn; reconfig 3.5+ writes version -1
 * setACL                  => path:ustring acls version:int          SetACLTxn
 * check                   => path:ustring version:int               CheckVersionTxn, only inside multi
 */
import type { JuteReader } from '../../jute/reader.ts'
import type { JuteWriter } from '../../jute/writer.ts'
import type { CheckTxn, DeleteTxn, SetAclTxn, SetDataTxn } from '../types.ts'
import { readAcls, writeAcls } from './acl.ts'

export function readDelete(input: JuteReader): DeleteTxn {
  return { kind: 'delete', path: input.buffer() }
}

export function writeDelete(output: JuteWriter, { path }: DeleteTxn): void {
  output.buffer(path)
}

export function readSetData(input: JuteReader): SetDataTxn {
  return { kind: 'setData', path: input.buffer(), data: input.buffer(), version: input.int() }
}

export function writeSetData(output: JuteWriter, { path, data, version }: SetDataTxn): void {
  output.buffer(path)
  output.buffer(data)
  output.int(version)
}

export function readSetAcl(input: JuteReader): SetAclTxn {
  return { kind: 'setACL', path: input.buffer(), acl: readAcls(input), version: input.int() }
}

export function writeSetAcl(output: JuteWriter, { path, acl, version }: SetAclTxn): void {
  output.buffer(path)
  writeAcls(output, acl)
  output.int(version)
}

export function readCheck(input: JuteReader): CheckTxn {
  return { kind: 'check', path: input.buffer(), version: input.int() }
}

export function writeCheck(output: JuteWriter, { path, version }: CheckTxn): void {
  output.buffer(path)
  output.int(version)
}
