/*
 * Lines of text straight from the bytes of records, many in one call: what makes a dump as fast as reading.
 *
 * The ordinary record is written here. At one that holds anything unusual (a malformed path, a strange time, an unknown
 * type, more than the output buffer holds) the writer stops and leaves it to its caller, who has the slow and complete
 * form of the same line (../../../render); so it does at the first record of a new second, whose text the caller gives.
 */
import { csvLine } from './csv'
import { jsonLine } from './jsonl'
import { moveTo, position } from './output'
import { textLine } from './text'
import { toolkitLine } from './toolkit'

/** Why the writer stopped; ../lines.ts has the same list. */
const DONE: u32 = 0
const FULL: u32 = 1
const NEW_SECOND: u32 = 2
const ODD: u32 = 3

/** ../lines.ts has the same list. */
const JSONL: u32 = 0
const TOOLKIT: u32 = 1
const TEXT: u32 = 2

const MULTI: i32 = 14
/** Milliseconds from 1970 to the end of the year 9999. */
const LAST_MS: i64 = 253402300799999

/** What a line has at most besides its strings and its first part, for every operation of a multi. */
const OVERHEAD: u64 = 512
const FIRST_PART: u64 = 32768

export let lineStop: u32 = 0

/** The text of the second that is being written, and of which second. */
const SECOND_BYTES: u32 = 128
const secondText: usize = memory.data(128)
let secondLength: u32 = 0
let second: i64 = i64.MIN_VALUE

export function secondTextAt(): usize {
  return secondText
}

/** The text at secondTextAt() stands for `value`, in seconds since 1970. */
export function setSecond(value: f64, length: u32): void {
  second = <i64>value
  secondLength = min(length, SECOND_BYTES)
}

export function linesAt(): u32 {
  return position()
}

/**
 * Writes rows [row, count) of `table` as lines into [from, to) and returns the first one that is not written; lineStop
 * tells why, linesAt where the text ends. `base` makes a file offset of an index; `data` 0 leaves values out, in text for
 * people it is how many characters of them are shown.
 */
export function writeLines(
  format: u32,
  table: u32,
  row: u32,
  count: u32,
  base: f64,
  data: u32,
  from: u32,
  to: u32,
): u32 {
  moveTo(from)
  while (row < count) {
    const record = load<u32>(table + (row << 3))
    const length = load<u32>(table + (row << 3), 4)
    if (<u64>position() + mostBytes(record, length) > <u64>to) {
      lineStop = FULL
      return row
    }
    const time = bswap<i64>(load<i64>(record, 32))
    if (time <= 0 || time > LAST_MS) {
      lineStop = ODD
      return row
    }
    if (time / 1000 != second) {
      lineStop = NEW_SECOND
      return row
    }
    const start = position()
    const ms = <u32>(time - second * 1000)
    const ok =
      format == JSONL
        ? jsonLine(record, length, <i64>base, data != 0, <u32>secondText, secondLength, ms)
        : format == TOOLKIT
          ? toolkitLine(record, length, <u32>secondText, secondLength, ms)
          : format == TEXT
            ? textLine(record, length, data, <u32>secondText, secondLength, ms)
            : csvLine(record, length, <i64>base, data != 0, <u32>secondText, secondLength, ms)
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

/** No byte of a string grows more than sixfold. */
function mostBytes(record: u32, length: u32): u64 {
  let pieces: u64 = 1
  if (<i32>bswap<u32>(load<u32>(record, 40)) == MULTI && length >= 36) {
    const count = <i32>bswap<u32>(load<u32>(record, 44))
    // an operation has at least 8 bytes
    if (count > 0) pieces += min<u64>(count, length >>> 3)
  }
  return <u64>length * 6 + pieces * OVERHEAD + FIRST_PART
}
