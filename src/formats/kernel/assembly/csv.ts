/*
 * A record as a row of CSV. ../../../render/txn-csv.ts says what a row is; the two are held against each other by the
 * tests.
 */
import { BAD, fieldsEnd, here, int, left, long, openFields, passAcl, passValue, sized, skip } from './fields'
import { aclArray, digestObject, errorNameAt, filePrefix, opsArray, pathsArray } from './jsonl'
import { base64, byte, copy, csvQuoted, csvText, decimal, hex, isUtf8, milliseconds, position, put } from './output'
import { typeName } from './toolkit'

/** False, with some of the row written, for a record that is left to the other writer. */
export function csvLine(
  record: u32,
  length: u32,
  base: i64,
  data: bool,
  second: u32,
  secondLength: u32,
  ms: u32,
): bool {
  filePrefix()
  decimal(base + <i64>record)
  byte(0x2c)
  decimal(<i64>length + 13)
  put(',0x')
  hex(bswap<u64>(load<u64>(record, 24)))
  byte(0x2c)
  copy(second, secondLength)
  milliseconds(ms)
  put('Z,0x')
  hex(bswap<u64>(load<u64>(record, 12)))
  byte(0x2c)
  decimal(<i32>bswap<u32>(load<u32>(record, 20)))
  byte(0x2c)
  const type = <i32>bswap<u32>(load<u32>(record, 40))
  if (type == 13 || !typeName(type)) return false
  byte(0x2c)
  openFields(record + 44, record + 12 + length)
  if (!body(type, data)) return false
  if (left() >= 12) {
    const start = position()
    digestObject()
    csvQuoted(start)
  }
  put('\r\n')
  return true
}

/** path version ephemeral ttlMs parentCversion timeoutMs code name data dataBytes acl paths ops op, and a comma. */
function body(type: i32, data: bool): bool {
  switch (type) {
    case 1:
    case 15:
    case 19:
    case 21:
      return created(type, data)
    case 2:
    case 20:
      if (!path()) return false
      put(',,,,,,,,,,,,,,')
      return true
    case 5:
    case 16:
      return changed(data)
    case 7:
      return accessChanged()
    case 14:
    case -11: {
      put(type == 14 ? ',,,,,,,,,,,,' : ',,,,,,,,,,,')
      const start = position()
      if (!(type == 14 ? opsArray(data) : pathsArray(''))) return false
      csvQuoted(start)
      put(type == 14 ? ',,' : ',,,')
      return true
    }
    case -1:
      return error()
    case -10:
      put(',,,,,')
      if (!number()) return false
      put(',,,,,,,,,')
      return true
    default:
      return false
  }
}

function number(): bool {
  if (left() < 4) return false
  decimal(int())
  return true
}

function path(): bool {
  const length = sized()
  if (length < 0 || !isUtf8(here(), here() + length)) return false
  csvText(here(), here() + length)
  skip(length)
  return true
}

/** The flags stand behind the list in the record. */
function created(type: i32, data: bool): bool {
  if (!path()) return false
  const value = passValue()
  const acl = passAcl()
  if (value == 0 || acl == 0) return false
  const end = fieldsEnd()
  if (type == 1 || type == 15) {
    if (left() < 1) return false
    put(load<u8>(here()) != 0 ? ',,true,,' : ',,false,,')
    skip(1)
    // what 3.3 wrote has none
    if (left() >= 4) decimal(int())
    else if (type == 15) return false
  } else {
    put(',,false,')
    if (left() < 4) return false
    const version = int()
    if (type == 21) {
      if (left() < 8) return false
      const ttl = long()
      if (ttl < 0 || ttl >> 52 != 0) return false
      decimal(ttl)
    }
    byte(0x2c)
    decimal(version)
  }
  const behind = here()
  put(',,,,')
  openFields(value, end)
  content(data)
  openFields(acl, end)
  const start = position()
  if (!aclArray()) return false
  csvQuoted(start)
  put(',,,,')
  openFields(behind, end)
  return true
}

function changed(data: bool): bool {
  if (!path()) return false
  byte(0x2c)
  const value = passValue()
  if (value == 0 || !number()) return false
  const behind = here()
  const end = fieldsEnd()
  put(',,,,,,,')
  openFields(value, end)
  content(data)
  put(',,,,')
  openFields(behind, end)
  return true
}

function accessChanged(): bool {
  if (!path()) return false
  byte(0x2c)
  const acl = passAcl()
  if (acl == 0 || !number()) return false
  const behind = here()
  const end = fieldsEnd()
  put(',,,,,,,,,')
  openFields(acl, end)
  const start = position()
  if (!aclArray()) return false
  csvQuoted(start)
  put(',,,,')
  openFields(behind, end)
  return true
}

/** data dataBytes, and a comma. */
function content(data: bool): void {
  const length = sized()
  if (length >= 0 && data) {
    const to = here() + length
    if (isUtf8(here(), to)) csvText(here(), to)
    else {
      put('base64:')
      base64(here(), to)
    }
  }
  byte(0x2c)
  if (length >= 0 && !data) decimal(length)
  byte(0x2c)
}

function error(): bool {
  if (left() < 4) return false
  const code = int()
  const name = errorNameAt(code)
  if (name == 0) return false
  put(',,,,,,')
  decimal(code)
  byte(0x2c)
  // between the quotes; null has none
  if (load<u8>(name, 1) == 0x22) copy(name + 2, load<u8>(name) - 2)
  put(',,,,,,,')
  return true
}
