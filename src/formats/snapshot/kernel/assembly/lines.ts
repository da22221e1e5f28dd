/*
 * Nodes as lines of text, many in one call: JSON (`zkops schema snapshot-dump`) and the text for a person.
 * ../../../../render/snapshot-json.ts and snapshot-text.ts say what a line is; the tests hold them against each other.
 *
 * The ordinary node is written here. At one that holds anything unusual (a malformed path, a strange time, control
 * characters in text, more than the output buffer holds) the writer stops and leaves it to its caller, who has the slow
 * and complete form; so it does at an ACL reference whose text it does not have: the caller gives it and goes on.
 */
import { base64, byte, copy, decimal, hex, jsonString, milliseconds, moveTo, position, put, utf8Length } from '../../../kernel/assembly/output'

/** Why the writer stopped; ../lines.ts has the same list. */
const DONE: u32 = 0
const FULL: u32 = 1
const NEW_ACL: u32 = 2
const ODD: u32 = 3

const JSONL: u32 = 0

/** Milliseconds from 1970 to the end of the year 9999. */
const LAST_MS: i64 = 253402300799999
const DAY_MS: i64 = 86400000

/** What a line has at most besides its strings. */
const OVERHEAD: u64 = 2048

export let lineStop: u32 = 0

/** Texts of ACL references: a slot has the reference, the length of the text plus one (0: free), then the text. */
const SLOTS: u32 = 256
const SLOT_BYTES: u32 = 1024
const slots: usize = memory.data(262144, 16)

// @ts-ignore: decorator
@inline
function slotOf(ref: u64): u32 {
  // as it lies there, its low byte is the highest
  return <u32>slots + (<u32>(ref >>> 56) ^ (<u32>(ref >>> 48) & 0xff)) * SLOT_BYTES
}

/** Where the text of the ACL reference of `row` goes, at most 1,000 bytes. */
export function aclSlotAt(table: u32, row: u32): u32 {
  return slotOf(aclOf(table, row)) + 16
}

/** The text at aclSlotAt() stands for the reference of `row`. */
export function setAcl(table: u32, row: u32, length: u32): void {
  const ref = aclOf(table, row)
  store<u64>(slotOf(ref), ref)
  store<u32>(slotOf(ref), length + 1, 8)
}

// @ts-ignore: decorator
@inline
function aclOf(table: u32, row: u32): u64 {
  return load<u64>(load<u32>(table + row * 24, 8))
}

/** Forgets all texts of ACL references. */
export function resetLines(): void {
  for (let slot: u32 = 0; slot < SLOTS; slot++) store<u32>(<u32>slots + slot * SLOT_BYTES, 0, 8)
}

export function linesAt(): u32 {
  return position()
}

/**
 * Writes rows [row, count) of `table` as lines into [from, to) and returns the first one that is not written; lineStop
 * tells why, linesAt where the text ends. `data` false leaves values out; `width` is for text.
 */
export function writeNodes(
  format: u32,
  table: u32,
  row: u32,
  count: u32,
  data: bool,
  width: u32,
  from: u32,
  to: u32,
): u32 {
  moveTo(from)
  while (row < count) {
    const at = load<u32>(table + row * 24)
    const dataAt = load<u32>(table + row * 24, 4)
    const aclAt = load<u32>(table + row * 24, 8)
    if (<u64>position() + <u64>(aclAt - at) * 6 + OVERHEAD > <u64>to) {
      lineStop = FULL
      return row
    }
    const ref = load<u64>(aclAt)
    const slot = slotOf(ref)
    const aclLength = load<u32>(slot, 8)
    if (aclLength == 0 || load<u64>(slot) != ref) {
      lineStop = NEW_ACL
      return row
    }
    const start = position()
    const ok =
      format == JSONL
        ? jsonLine(at, dataAt, aclAt + 8, data, slot + 16, aclLength - 1)
        : textLine(at, dataAt, aclAt + 8, data, width, slot + 16, aclLength - 1)
    if (!ok) {
      moveTo(start)
      lineStop = ODD
      return row
    }
    row++
  }
  lineStop = DONE
  return row
}

// @ts-ignore: decorator
@inline
function long(at: u32): i64 {
  return bswap<i64>(load<i64>(at))
}

// @ts-ignore: decorator
@inline
function int(at: u32): i32 {
  return <i32>bswap<u32>(load<u32>(at))
}

function jsonLine(at: u32, dataAt: u32, stat: u32, data: bool, acl: u32, aclLength: u32): bool {
  const owner = long(stat + 44)
  put('{"kind":"node","path":"')
  if (dataAt == at + 4) byte(0x2f)
  else if (!jsonString(at + 4, dataAt)) return false
  byte(0x22)
  jsonValue(dataAt, stat - 8, data)
  copy(acl, aclLength)
  jsonType(owner)
  put(',"stat":{"czxid":"0x')
  hex(<u64>long(stat))
  put('","mzxid":"0x')
  hex(<u64>long(stat + 8))
  put('","pzxid":"0x')
  hex(<u64>long(stat + 52))
  put('","ctime":')
  if (!jsonTime(long(stat + 16))) return false
  put(',"mtime":')
  if (!jsonTime(long(stat + 24))) return false
  put(',"version":')
  decimal(int(stat + 32))
  put(',"cversion":')
  decimal(int(stat + 36))
  put(',"aversion":')
  decimal(int(stat + 40))
  put(',"ephemeralOwner":"0x')
  hex(<u64>owner)
  put('"}}\n')
  return true
}

function jsonValue(dataAt: u32, end: u32, data: bool): void {
  const length = int(dataAt)
  if (length < 0) {
    put(data ? ',"data":null' : ',"dataBytes":null')
    return
  }
  if (!data) {
    put(',"dataBytes":')
    decimal(length)
    return
  }
  const start = position()
  put(',"data":{"encoding":"utf8","value":"')
  if (!jsonString(dataAt + 4, end)) {
    moveTo(start)
    put(',"data":{"encoding":"base64","value":"')
    base64(dataAt + 4, end)
  }
  put('"}')
}

function jsonType(owner: i64): void {
  put(',"type":"')
  typeName(owner)
  byte(0x22)
  if (isTtl(owner)) {
    put(',"ttlMs":')
    decimal(owner & 0xffffffffff)
  }
}

// @ts-ignore: decorator
@inline
function isTtl(owner: i64): bool {
  return <u64>owner >>> 40 == 0xff0000
}

function typeName(owner: i64): void {
  if (owner == 0) put('persistent')
  else if (owner == i64.MIN_VALUE) put('container')
  else if (isTtl(owner)) put('ttl')
  else put('ephemeral')
}

function jsonTime(ms: i64): bool {
  if (ms == 0) {
    put('null')
    return true
  }
  if (ms < 0 || ms > LAST_MS) return false
  byte(0x22)
  moment(ms, 0x54)
  put('Z"')
  return true
}

/** The day that was written last, as `2026-11-23`. */
let day: i64 = -1
const dayText: usize = memory.data(16, 16)

function moment(ms: i64, between: u32): void {
  const today = ms / DAY_MS
  if (today != day) writeDay(today)
  v128.store(position(), v128.load(<u32>dayText))
  moveTo(position() + 10)
  byte(between)
  const rest = <u32>(ms - today * DAY_MS)
  twoDigits(rest / 3600000)
  byte(0x3a)
  twoDigits((rest / 60000) % 60)
  byte(0x3a)
  twoDigits((rest / 1000) % 60)
  byte(0x2e)
  milliseconds(rest % 1000)
}

// @ts-ignore: decorator
@inline
function twoDigits(value: u32): void {
  byte(0x30 + value / 10)
  byte(0x30 + (value % 10))
}

/** Days since 1970 to a date of the Gregorian calendar, which repeats every 146,097 days. */
function writeDay(today: i64): void {
  day = today
  // years that begin in March: the leap day is the last one
  const shifted = <u32>today + 719468
  const era = shifted / 146097
  const dayOfEra = shifted % 146097
  const yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146096) / 365
  const dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
  const month = (5 * dayOfYear + 2) / 153
  const year = yearOfEra + era * 400 + (month >= 10 ? 1 : 0)
  const back = position()
  moveTo(<u32>dayText)
  twoDigits(year / 100)
  twoDigits(year % 100)
  byte(0x2d)
  twoDigits(month < 10 ? month + 3 : month - 9)
  byte(0x2d)
  twoDigits(dayOfYear - (153 * month + 2) / 5 + 1)
  moveTo(back)
}

function textLine(at: u32, dataAt: u32, stat: u32, data: bool, width: u32, acl: u32, aclLength: u32): bool {
  const owner = long(stat + 44)
  const mtime = long(stat + 24)
  if (mtime < 0 || mtime > LAST_MS) return false
  const start = position()
  if (mtime == 0) byte(0x2d)
  else moment(mtime, 0x20)
  padTo(start + 24)
  put('0x')
  hex(<u64>long(stat + 8))
  padTo(start + 36)
  typeName(owner)
  padTo(start + 47)
  if (dataAt == at + 4) byte(0x2f)
  else if (!plainText(at + 4, dataAt)) return false
  put('  version ')
  decimal(int(stat + 32))
  put('  ')
  if (!textValue(dataAt, stat - 8, data, width)) return false
  if (isTtl(owner)) {
    put('  ttl ')
    decimal(owner & 0xffffffffff)
    put(' ms')
  } else if (owner != 0 && owner != i64.MIN_VALUE) {
    put('  owner 0x')
    hex(<u64>owner)
  }
  copy(acl, aclLength)
  byte(0x0a)
  return true
}

/** Blanks up to `column`, one at least. */
function padTo(column: u32): void {
  do byte(0x20)
  while (position() < column)
}

/** Copies printable ASCII; false for anything else. */
function plainText(from: u32, to: u32): bool {
  copy(from, to - from)
  return isPlain(from, to)
}

function isPlain(from: u32, to: u32): bool {
  while (to - from >= 16) {
    const text = v128.load(from)
    // signed: bytes from 0x80 on are below 0x20, too
    const special = v128.or(i8x16.lt_s(text, i8x16.splat(0x20)), i8x16.eq(text, i8x16.splat(0x7f)))
    if (v128.any_true(special)) return false
    from += 16
  }
  for (; from < to; from++) if (load<u8>(from) < 0x20 || load<u8>(from) > 0x7e) return false
  return true
}

function textValue(dataAt: u32, end: u32, data: bool, width: u32): bool {
  const length = int(dataAt)
  if (length < 0) {
    put('null')
    return true
  }
  const from = dataAt + 4
  if (data && width > 0) {
    const shown = min<u32>(length, width + 1)
    if (isUtf8(from, end)) {
      if (!isPlain(from, from + shown)) return false
      byte(0x22)
      shortened(from, shown, width)
      byte(0x22)
    } else {
      put('0x')
      hexDigits(from, <u32>length, width)
    }
    byte(0x20)
  }
  decimal(length)
  put(' B')
  return true
}

function shortened(from: u32, length: u32, width: u32): void {
  if (length <= width) copy(from, length)
  else {
    copy(from, width - 1)
    ellipsis()
  }
}

function hexDigits(from: u32, length: u32, width: u32): void {
  const cut = <u64>length * 2 > width
  const digits = cut ? width - 1 : length * 2
  for (let i: u32 = 0; i < digits; i++) {
    const value = <u32>load<u8>(from + (i >>> 1))
    const half = i & 1 ? value & 15 : value >>> 4
    byte(half < 10 ? 0x30 + half : 0x57 + half)
  }
  if (cut) ellipsis()
}

function ellipsis(): void {
  byte(0xe2)
  byte(0x80)
  byte(0xa6)
}

function isUtf8(from: u32, to: u32): bool {
  while (from < to) {
    if (to - from >= 16 && i8x16.bitmask(v128.load(from)) == 0) {
      from += 16
      continue
    }
    const length = utf8Length(from, to)
    if (length == 0) return false
    from += length
  }
  return true
}
