/*
 * A record as TxnLogToolkit of 3.9 prints it (TxnLogToolkit.printTxn, getFormattedTxnStr; generated toString methods).
 * ../../../render/txn-toolkit.ts says what a line is; the two are held against each other and the tool by the tests.
 */
import { BAD, here, int, left, long, openFields, sized, skip } from './fields'
import { byte, copy, decimal, hex, javaText, put } from './output'

/** False, with some of the line written, for a record that is left to the other writer. */
export function toolkitLine(record: u32, length: u32, second: u32, secondLength: u32, _ms: u32): bool {
  copy(second, secondLength)
  put(' session 0x')
  hex(bswap<u64>(load<u64>(record, 12)))
  put(' cxid 0x')
  hex(<u64>(<i64>(<i32>bswap<u32>(load<u32>(record, 20)))))
  put(' zxid 0x')
  hex(bswap<u64>(load<u64>(record, 24)))
  byte(0x20)
  const type = <i32>bswap<u32>(load<u32>(record, 40))
  if (!typeName(type)) return false
  byte(0x20)
  openFields(record + 44, record + 12 + length)
  if (!body(type)) return false
  byte(0x0a)
  return true
}

export function typeName(type: i32): bool {
  switch (type) {
    case 1:
      put('create')
      return true
    case 2:
      put('delete')
      return true
    case 5:
      put('setData')
      return true
    case 7:
      put('setACL')
      return true
    case 13:
      put('check')
      return true
    case 14:
      put('multi')
      return true
    case 15:
      put('create2')
      return true
    case 16:
      put('reconfig')
      return true
    case 19:
      put('createContainer')
      return true
    case 20:
      put('deleteContainer')
      return true
    case 21:
      put('createTTL')
      return true
    case -1:
      put('error')
      return true
    case -10:
      put('createSession')
      return true
    case -11:
      put('closeSession')
      return true
    default:
      return false
  }
}

function body(type: i32): bool {
  switch (type) {
    case 1:
    case 15:
      if (!created() || left() < 5) return false
      put(load<u8>(here()) != 0 ? ',true,' : ',false,')
      skip(1)
      decimal(int())
      return true
    case 19:
      return created() && number(0x2c)
    case 21:
      if (!created() || !number(0x2c) || left() < 8) return false
      byte(0x2c)
      decimal(long())
      return true
    case 5:
    case 16:
      return text() && value() && number(0x2c)
    case 2:
    case 20:
      return quoted()
    case 7:
      return quoted() && aclVector() && number(0x2c)
    case 14:
      return multi()
    case -1:
    case -10:
      return number(0)
    case -11:
      return closeSession()
    default:
      return false
  }
}

function created(): bool {
  return text() && value() && aclList()
}

function text(): bool {
  const length = sized()
  if (length < 0) return false
  javaText(here(), here() + length)
  skip(length)
  return true
}

/** `,` and the value; null prints as nothing. */
function value(): bool {
  byte(0x2c)
  return bytes()
}

function bytes(): bool {
  const length = sized()
  if (length == BAD) return false
  if (length <= 0) return true
  javaText(here(), here() + length)
  skip(length)
  return true
}

/** A string as a generated toString prints it; false when something in it would be escaped. */
function quoted(): bool {
  byte(0x27)
  const length = sized()
  if (length < 0) return false
  const to = here() + length
  for (let at = here(); at < to; at++) {
    const one = load<u8>(at)
    if (one == 0 || one == 0x0a || one == 0x0d || one == 0x25 || one == 0x2c || one == 0x7d) return false
  }
  javaText(here(), to)
  skip(length)
  return true
}

function number(before: u32): bool {
  if (left() < 4) return false
  if (before != 0) byte(before)
  decimal(int())
  return true
}

/** java.util.List.toString of data.ACL, each of which ends its own line. */
function aclList(): bool {
  if (left() < 4) return false
  const count = int()
  if (count < 0) return false
  put(',[')
  for (let i = 0; i < count; i++) {
    if (i > 0) put(', ')
    if (!acl()) return false
    byte(0x0a)
  }
  byte(0x5d)
  return true
}

function aclVector(): bool {
  if (left() < 4) return false
  const count = int()
  if (count < 0) return false
  put(',v{')
  for (let i = 0; i < count; i++) {
    put(i > 0 ? ',s{' : 's{')
    if (!acl()) return false
    byte(0x7d)
  }
  byte(0x7d)
  return true
}

function acl(): bool {
  if (!number(0)) return false
  put(',s{')
  if (!quoted()) return false
  byte(0x2c)
  if (!quoted()) return false
  byte(0x7d)
  return true
}

function closeSession(): bool {
  if (left() == 0 || (left() == 12 && bswap<u32>(load<u32>(here())) == 2)) return true
  if (left() < 4) return false
  const count = int()
  if (count < 0) return false
  put('v{')
  for (let i = 0; i < count; i++) {
    if (i > 0) byte(0x2c)
    if (!quoted()) return false
  }
  byte(0x7d)
  return true
}

/** The bodies of the operations are printed as if they were text. */
function multi(): bool {
  if (left() < 4) return false
  const count = int()
  for (let i = 0; i < count; i++) {
    if (i > 0) byte(0x3b)
    if (left() < 4 || !typeName(int())) return false
    byte(0x3a)
    if (!bytes()) return false
  }
  return true
}
