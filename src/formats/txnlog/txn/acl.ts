/*
 * acls => count:int ACL*        -1: null                          data.ACL, data.Id; all releases
 *   ACL => perms:int scheme:ustring id:ustring
 */
import type { JuteReader } from '../../jute/reader.ts'
import type { JuteWriter } from '../../jute/writer.ts'
import type { AclList } from '../types.ts'

export function readAcls(input: JuteReader): AclList {
  const count = input.count()
  if (count === null) return null
  return Array.from({ length: count }, () => ({ perms: input.int(), scheme: input.buffer(), id: input.buffer() }))
}

export function writeAcls(output: JuteWriter, acls: AclList): void {
  output.count(acls === null ? null : acls.length)
  for (const { perms, scheme, id } of acls ?? []) {
    output.int(perms)
    output.buffer(scheme)
    output.buffer(id)
  }
}
