/*
 * Whether the server's decoder would take the body of a record, without decoding it: every type of 3.4 to 3.10 is
 * walked as SerializeUtils.deserializeTxn does.
 *
 *   create, create2   path:ustring data:buffer acl:vector<ACL> ephemeral:boolean [parentCVersion:int]   (create: V0 without)
 *   createContainer   path data acl parentCVersion:int
 *   createTTL         path data acl parentCVersion:int ttl:long
 *   delete, deleteContainer  path
 *   setData, reconfig path data version:int
 *   setACL            path acl version:int
 *   multi             vector<{type:int data:buffer}>
 *   createSession     timeOut:int
 *   error             err:int
 *   closeSession      [paths:vector<ustring>]        a body that ends too early counts as none
 *
 * What follows the body (digest, anything else) is ignored by all readers.
 */
const OK: u32 = 0
const SHORT_BODY: u32 = 6
const BAD_INNER_LENGTH: u32 = 7
const UNKNOWN_TYPE: u32 = 8

let at: u32 = 0
let end: u32 = 0
let limit: u32 = 0

/** 0 when the server decodes the payload, else the stop kind. */
export function bodyKind(payload: u32, length: u32, maximum: u32): u32 {
  if (length < 32) return SHORT_BODY
  const type = <i32>bswap<u32>(load<u32>(payload, 28))
  // exists inside multi only
  if (type == 13) return UNKNOWN_TYPE
  return bodyKindAt(type, payload + 32, payload + length, maximum)
}

/** The same for the body of `type` in [from, to), of a record or of an operation inside multi. */
export function bodyKindAt(type: i32, from: u32, to: u32, maximum: u32): u32 {
  at = from
  end = to
  limit = maximum
  switch (type) {
    case 1: // create; without parentCVersion it is read as V0
    case 15: {
      const kind = created()
      if (kind != OK) return kind
      const flag = fixed(1)
      if (flag != OK) return flag
      return type == 1 ? OK : fixed(4)
    }
    case 19: {
      const kind = created()
      return kind != OK ? kind : fixed(4)
    }
    case 21: {
      const kind = created()
      return kind != OK ? kind : fixed(12)
    }
    case 2:
    case 20:
      return sized()
    case 5:
    case 16: {
      let kind = sized()
      if (kind == OK) kind = sized()
      return kind != OK ? kind : fixed(4)
    }
    case 7: {
      let kind = sized()
      if (kind == OK) kind = acl()
      return kind != OK ? kind : fixed(4)
    }
    case 13: {
      const kind = sized()
      return kind != OK ? kind : fixed(4)
    }
    case 14:
      return multi()
    case -1:
    case -10:
      return fixed(4)
    case -11:
      return closed()
    default:
      return UNKNOWN_TYPE
  }
}

function created(): u32 {
  let kind = sized()
  if (kind == OK) kind = sized()
  if (kind == OK) kind = acl()
  return kind
}

/** A digest alone (closeSessionTxn.enabled=false) is read as a path list, too: it ends too early, or has a bad length. */
function closed(): u32 {
  let kind = OK
  if (end - at >= 4) {
    let count = <i32>bswap<u32>(load<u32>(at))
    at += 4
    while (count-- > 0 && kind == OK) kind = sized()
  }
  return kind == SHORT_BODY ? OK : kind
}

function multi(): u32 {
  if (end - at < 4) return SHORT_BODY
  let count = <i32>bswap<u32>(load<u32>(at))
  at += 4
  while (count-- > 0) {
    let kind = fixed(4)
    if (kind == OK) kind = sized()
    if (kind != OK) return kind
  }
  return OK
}

function acl(): u32 {
  if (end - at < 4) return SHORT_BODY
  let count = <i32>bswap<u32>(load<u32>(at))
  at += 4
  while (count-- > 0) {
    let kind = fixed(4)
    if (kind == OK) kind = sized()
    if (kind == OK) kind = sized()
    if (kind != OK) return kind
  }
  return OK
}

/** A string or buffer: its length (-1: null), then its bytes. */
function sized(): u32 {
  if (end - at < 4) return SHORT_BODY
  const length = bswap<u32>(load<u32>(at))
  at += 4
  if (length == 0xffffffff) return OK
  // a negative one is above any limit when read as unsigned
  if (length > limit) return BAD_INNER_LENGTH
  return fixed(length)
}

function fixed(bytes: u32): u32 {
  if (end - at < bytes) return SHORT_BODY
  at += bytes
  return OK
}
