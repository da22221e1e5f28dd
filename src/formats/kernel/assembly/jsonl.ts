/*
 * A record as a line of JSON (`zkops schema log-dump`). ../../../render/txn-json.ts says what a line is; the two are
 * held against each other by the tests. The layouts of the bodies stand in body.ts.
 */
import { permissions } from './acl'
import { BAD, fieldsEnd, here, int, left, long, openFields, sized, skip } from './fields'
import { base64, byte, copy, decimal, hex, jsonString, milliseconds, moveTo, position, put } from './output'

/** What every line of a file begins with: `{"file":"…","offset":`, or the file's name in CSV. */
const PREFIX_BYTES: u32 = 16384
const prefix: usize = memory.data(16384)
let prefixLength: u32 = 0

/** Names of error codes: 32 bytes for each of 0, -1, -2 …: a length, then the name as JSON. */
const ERROR_CODES: i32 = 128
const errorNames: usize = memory.data(4096)

export function prefixAt(): usize {
  return prefix
}

/** False when it is too long to be written here. */
export function setPrefix(length: u32): bool {
  prefixLength = min(length, PREFIX_BYTES)
  return length <= PREFIX_BYTES - 32
}

export function filePrefix(): void {
  copy(<u32>prefix, prefixLength)
}

export function errorNamesAt(): usize {
  return errorNames
}

/** Where a code's name stands: a length, then the name as JSON; 0 for one that is not in the table. */
export function errorNameAt(code: i32): u32 {
  return code > 0 || code <= -ERROR_CODES ? 0 : <u32>errorNames + (<u32>-code << 5)
}

/** False, with some of the line written, for a record that is left to the other writer. */
export function jsonLine(
  record: u32,
  length: u32,
  base: i64,
  data: bool,
  second: u32,
  secondLength: u32,
  ms: u32,
): bool {
  const type = <i32>bswap<u32>(load<u32>(record, 40))
  filePrefix()
  decimal(base + <i64>record)
  put(',"bytes":')
  decimal(<i64>length + 13)
  put(',"zxid":"0x')
  hex(bswap<u64>(load<u64>(record, 24)))
  put('","time":"')
  copy(second, secondLength)
  milliseconds(ms)
  put('Z","session":"0x')
  hex(bswap<u64>(load<u64>(record, 12)))
  put('","cxid":')
  decimal(<i32>bswap<u32>(load<u32>(record, 20)))
  byte(0x2c)
  openFields(record + 44, record + 12 + length)
  const ok = type == 14 ? multi(data) : type == -11 ? closeSession() : type != 13 && body(type, data)
  if (!ok) return false
  if (left() >= 12) {
    put(',"digest":')
    digestObject()
  }
  put('}\n')
  return true
}

export function digestObject(): void {
  put('{"version":')
  decimal(int())
  put(',"value":"0x')
  hex(<u64>long())
  put('"}')
}

/** From `"type"` on. */
function body(type: i32, data: bool): bool {
  switch (type) {
    case 1:
      put('"type":"create"')
      return create(data, type)
    case 15:
      put('"type":"create2"')
      return create(data, type)
    case 19:
      put('"type":"createContainer"')
      return create(data, type)
    case 21:
      put('"type":"createTTL"')
      return create(data, type)
    case 2:
      put('"type":"delete"')
      return path()
    case 20:
      put('"type":"deleteContainer"')
      return path()
    case 5:
      put('"type":"setData"')
      return path() && value(data) && number(',"version":')
    case 16:
      put('"type":"reconfig"')
      return path() && value(data) && number(',"version":')
    case 7:
      put('"type":"setACL"')
      return path() && acl() && number(',"version":')
    case 13:
      put('"type":"check"')
      return path() && number(',"version":')
    case -1:
      put('"type":"error"')
      return error()
    case -10:
      put('"type":"createSession"')
      return number(',"timeoutMs":')
    default:
      return false
  }
}

function create(data: bool, type: i32): bool {
  if (!path() || !value(data) || !acl()) return false
  if (type == 1 || type == 15) {
    if (left() < 1) return false
    put(load<u8>(here()) != 0 ? ',"ephemeral":true' : ',"ephemeral":false')
    skip(1)
    if (left() >= 4) return number(',"parentCversion":')
    put(',"parentCversion":null')
    return type == 1
  }
  put(',"ephemeral":false')
  if (!number(',"parentCversion":')) return false
  if (type == 19) return true
  if (left() < 8) return false
  const ttl = long()
  // what a number of JSON holds exactly
  if (ttl < 0 || ttl >> 52 != 0) return false
  put(',"ttlMs":')
  decimal(ttl)
  return true
}

function path(): bool {
  put(',"path":"')
  return jsonField()
}

/** A string that is neither null nor malformed, up to and with its closing quote. */
function jsonField(): bool {
  const length = sized()
  if (length < 0 || !jsonString(here(), here() + length)) return false
  skip(length)
  byte(0x22)
  return true
}

function value(data: bool): bool {
  const length = sized()
  if (length == BAD) return false
  if (length < 0) {
    put(data ? ',"data":null' : ',"dataBytes":null')
    return true
  }
  if (!data) {
    put(',"dataBytes":')
    decimal(length)
    skip(length)
    return true
  }
  const start = position()
  put(',"data":{"encoding":"utf8","value":"')
  if (!jsonString(here(), here() + length)) {
    moveTo(start)
    put(',"data":{"encoding":"base64","value":"')
    base64(here(), here() + length)
  }
  skip(length)
  put('"}')
  return true
}

function acl(): bool {
  put(',"acl":')
  return aclArray()
}

export function aclArray(): bool {
  if (left() < 4) return false
  const count = int()
  if (count < 0) return false
  byte(0x5b)
  for (let i = 0; i < count; i++) {
    if (left() < 4) return false
    const perms = int()
    if (<u32>perms > 31) return false
    put(i == 0 ? '{"perms":"' : ',{"perms":"')
    permissions(perms)
    put('","scheme":"')
    if (!jsonField()) return false
    put(',"id":"')
    if (!jsonField()) return false
    byte(0x7d)
  }
  byte(0x5d)
  return true
}

function number(name: string): bool {
  if (left() < 4) return false
  put(name)
  decimal(int())
  return true
}

function error(): bool {
  if (left() < 4) return false
  const code = int()
  const name = errorNameAt(code)
  if (name == 0) return false
  put(',"code":')
  decimal(code)
  put(',"name":')
  copy(name + 1, load<u8>(name))
  return true
}

/** `none`: no list in the old form and in a bare digest (12 bytes, version 2). */
export function pathsArray(none: string): bool {
  if (left() == 0 || (left() == 12 && bswap<u32>(load<u32>(here())) == 2)) {
    put(none)
    return true
  }
  if (left() < 4) return false
  const count = int()
  if (count < 0) return false
  byte(0x5b)
  for (let i = 0; i < count; i++) {
    put(i == 0 ? '"' : ',"')
    if (!jsonField()) return false
  }
  byte(0x5d)
  return true
}

function closeSession(): bool {
  put('"type":"closeSession","paths":')
  return pathsArray('null')
}

function multi(data: bool): bool {
  put('"type":"multi","ops":')
  return opsArray(data)
}

export function opsArray(data: bool): bool {
  if (left() < 4) return false
  const count = int()
  if (count < 0) return false
  byte(0x5b)
  const end = fieldsEnd()
  for (let i = 0; i < count; i++) {
    if (left() < 4) return false
    const type = int()
    const length = sized()
    // a failed operation may hold its old body (ZooKeeper rewrites the type in memory before it is logged)
    if (length < 0 || type == -10 || (type == -1 && length != 4)) return false
    const next = here() + length
    if (i > 0) byte(0x2c)
    byte(0x7b)
    openFields(here(), next)
    if (!body(type, data)) return false
    byte(0x7d)
    openFields(next, end)
  }
  byte(0x5d)
  return true
}
