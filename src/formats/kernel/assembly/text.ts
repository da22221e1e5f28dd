/*
 * A record as a line for a person, operations of a multi below it. ../../../render/txn-text.ts says what a line is; the
 * two are held against each other by the tests.
 */
import { permissions } from './acl'
import { fieldsEnd, here, int, left, long, openFields, passAcl, passValue, sized, skip } from './fields'
import { errorNameAt } from './jsonl'
import { byte, copy, decimal, hex, hexDigits, isUtf8, milliseconds, moveTo, position, printable, put } from './output'
import { typeName } from './toolkit'

const ANY_WIDTH: u32 = 0xffffffff
const TYPE_WIDTH: u32 = 15

/** Characters of data that are shown; 0: sizes only. */
let width: u32 = 0

/** False, with some of the text written, for a record that is left to the other writer. */
export function textLine(
  record: u32,
  length: u32,
  dataWidth: u32,
  second: u32,
  secondLength: u32,
  ms: u32,
): bool {
  width = dataWidth
  const start = position()
  copy(second, secondLength)
  milliseconds(ms)
  byte(0x20)
  id(bswap<u64>(load<u64>(record, 24)), 11)
  id(bswap<u64>(load<u64>(record, 12)), 18)
  const indent = position() - start
  const type = <i32>bswap<u32>(load<u32>(record, 40))
  openFields(record + 44, record + 12 + length)
  if (type == 14) return multi(indent)
  if (type == -11) return closeSession()
  return type != 13 && line(type)
}

/** Hexadecimal in a column. */
function id(value: u64, columns: u32): void {
  const start = position()
  put('0x')
  hex(value)
  pad(start, columns)
}

/** To the end of a column, at most 16 characters, and a space. */
function pad(start: u32, columns: u32): void {
  v128.store(position(), i8x16.splat(0x20))
  if (position() < start + columns) moveTo(start + columns)
  byte(0x20)
}

function line(type: i32): bool {
  const start = position()
  if (!typeName(type)) return false
  pad(start, TYPE_WIDTH)
  return body(type) && endLine()
}

function body(type: i32): bool {
  switch (type) {
    case 1:
    case 15:
    case 19:
    case 21:
      return created(type)
    case 2:
    case 20:
      return path()
    case 5:
    case 16:
      return changed()
    case 7:
      return accessChanged()
    case 13:
      if (!path() || left() < 4) return false
      put('  version ')
      decimal(int())
      return true
    case -1:
      return error()
    case -10:
      if (left() < 4) return false
      put('timeout ')
      decimal(int())
      put(' ms')
      return true
    default:
      return false
  }
}

/** A record's own whitespace at the end of a line is left out; that is the other writer's. */
function endLine(): bool {
  const last = load<u8>(position() - 1)
  if (last == 0x20) return false
  if (last >= 0x80) {
    const first = load<u8>(position() - 3)
    // U+1680, U+2000 and so on, U+3000; U+00A0
    if ((first >= 0xe1 && first <= 0xe3) || load<u8>(position() - 2) == 0xc2) return false
  }
  byte(0x0a)
  return true
}

function path(): bool {
  const length = sized()
  if (length <= 0 || !printable(here(), here() + length, ANY_WIDTH)) return false
  skip(length)
  return true
}

/** path, [ephemeral | ttl], data, acl: the flags stand behind the list in the record. */
function created(type: i32): bool {
  if (!path()) return false
  const value = passValue()
  const acl = passAcl()
  if (value == 0 || acl == 0) return false
  const end = fieldsEnd()
  if (type == 21) {
    if (left() < 12) return false
    skip(4)
    put('  ttl ')
    decimal(long())
    put(' ms')
  } else if (type != 19) {
    if (left() < 1) return false
    if (load<u8>(here()) != 0) put('  ephemeral')
  }
  openFields(value, end)
  data()
  return isOpen(acl) || list(acl, end)
}

function changed(): bool {
  if (!path()) return false
  const value = passValue()
  if (value == 0 || left() < 4) return false
  put('  version ')
  decimal(int())
  openFields(value, fieldsEnd())
  data()
  return true
}

function accessChanged(): bool {
  if (!path()) return false
  const acl = passAcl()
  if (acl == 0 || left() < 4) return false
  put('  aversion ')
  decimal(int())
  if (!isOpen(acl)) return list(acl, fieldsEnd())
  put('  world:anyone:cdrwa')
  return true
}

/** Whether the list at `at` is one of world:anyone with all permissions. */
function isOpen(at: u32): bool {
  return (
    load<u64>(at) == 0x1f00000001000000 &&
    load<u64>(at, 8) == 0x6c726f7705000000 &&
    load<u64>(at, 16) == 0x796e610600000064 &&
    load<u32>(at, 23) == 0x656e6f79
  )
}

function list(at: u32, end: u32): bool {
  openFields(at, end)
  const count = int()
  put('  acl ')
  for (let i = 0; i < count; i++) {
    if (i > 0) byte(0x2c)
    const perms = int()
    if (<u32>perms > 31) return false
    for (let part = 0; part < 2; part++) {
      const length = sized()
      if (length < 0 || !printable(here(), here() + length, ANY_WIDTH)) return false
      skip(length)
      byte(0x3a)
    }
    permissions(perms)
  }
  return true
}

/** The value at here() as text, or in hexadecimal, and its size. */
function data(): void {
  const length = sized()
  put('  ')
  if (length < 0) {
    put('null')
    return
  }
  const from = here()
  const to = from + length
  if (width > 0) {
    if (isUtf8(from, to)) {
      byte(0x22)
      printable(from, to, width)
      put('" ')
    } else {
      put('0x')
      hexDigits(from, length, width)
      byte(0x20)
    }
  }
  decimal(length)
  put(' B')
}

function error(): bool {
  if (left() < 4) return false
  const code = int()
  const name = errorNameAt(code)
  if (name == 0) return false
  // between the quotes; null has none
  if (load<u8>(name, 1) == 0x22) copy(name + 2, load<u8>(name) - 2)
  else put('unknown code')
  put(' (')
  decimal(code)
  byte(0x29)
  return true
}

/** No list in the old form and in a bare digest (12 bytes, version 2). */
function closeSession(): bool {
  const start = position()
  put('closeSession')
  const bare = left() == 0 || (left() == 12 && bswap<u32>(load<u32>(here())) == 2)
  if (!bare && left() < 4) return false
  const count = bare ? 0 : int()
  if (count < 0) return false
  if (count > 0) {
    pad(start, TYPE_WIDTH)
    put('removes')
    for (let i = 0; i < count; i++) {
      byte(0x20)
      if (!path()) return false
    }
  }
  return endLine()
}

function multi(indent: u32): bool {
  if (left() < 4) return false
  const count = int()
  if (count < 0) return false
  const first = here()
  const end = fieldsEnd()
  let failed = false
  for (let i = 0; i < count; i++) {
    if (left() < 4) return false
    const type = int()
    const length = sized()
    // a failed operation may hold its old body
    if (length < 0 || type == -10 || (type == -1 && length != 4)) return false
    failed = failed || type == -1
    skip(length)
  }
  const start = position()
  put('multi')
  pad(start, TYPE_WIDTH)
  decimal(count)
  put(' operations')
  if (failed) put(', failed: nothing applied')
  byte(0x0a)
  openFields(first, end)
  for (let i = 0; i < count; i++) {
    const type = int()
    const next = sized() + here()
    for (let to = position() + indent; position() < to; ) byte(0x20)
    openFields(here(), next)
    if (type == 14 || type == -11 || !line(type)) return false
    openFields(next, end)
  }
  return true
}
