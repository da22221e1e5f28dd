import { errorName } from '../txnlog/ops.ts'
import { FIRST_FREE, type Kernel, OUTPUT_AT, OUTPUT_BYTES, TABLE_AT, TABLE_ROWS } from './kernel.ts'
import { LINE_FORMAT, type LineStop, type LineWriter } from './lines.ts'
import { findBytes, plainKernel } from './plain.ts'
import type { StopKind } from './stop.ts'
import { WASM_BASE64 } from './wasm.ts'
import { growingMemory, instantiate, type WasmMemory } from './webassembly.ts'

interface Exports {
  readonly memory: WasmMemory
  readonly stopKind: { readonly value: number }
  readonly stopAt: { readonly value: number }
  reserve(bytes: number): number
  frame(from: number, to: number, limit: number, table: number, capacity: number): number
  adler32(at: number, length: number, start: number): number
  search(from: number, to: number, limit: number): number
  endOfNonZero(from: number, to: number): number
  needleAt(): number
  find(from: number, to: number, length: number): number
  readonly lineStop: { readonly value: number }
  linesAt(): number
  secondTextAt(): number
  setSecond(second: number, length: number): void
  prefixAt(): number
  setPrefix(length: number): number
  errorNamesAt(): number
  writeLines(
    format: number,
    table: number,
    row: number,
    count: number,
    base: number,
    data: number,
    from: number,
    to: number,
  ): number
}

/** The SIMD kernel where the runtime has SIMD, else the plain one. */
export function createKernel(): Kernel {
  return createWasmKernel() ?? plainKernel()
}

/** Undefined where WebAssembly or its SIMD instructions are missing (`node --jitless`). */
export function createWasmKernel(): Kernel | undefined {
  const kernel = instantiate<Exports>(WASM_BASE64)
  if (kernel === undefined) return undefined
  const memory = growingMemory(kernel, { first: FIRST_FREE, tableAt: TABLE_AT, words: TABLE_ROWS * 2 })
  return {
    ...memory,
    frame: (from, to, limit, capacity) => kernel.frame(from, to, limit, TABLE_AT, Math.min(capacity, TABLE_ROWS)),
    stopKind: () => kernel.stopKind.value as StopKind,
    stopAt: () => kernel.stopAt.value >>> 0,
    adler32: (at, length, start) => kernel.adler32(at, length, start) >>> 0,
    search: (from, to, limit) => kernel.search(from, to, limit) >>> 0,
    endOfNonZero: (from, to) => kernel.endOfNonZero(from, to) >>> 0,
    find(from, to, needle) {
      if (needle.length > NEEDLE_BYTES) return findBytes(memory.bytes(), from, to, needle)
      memory.bytes().set(needle, kernel.needleAt())
      return kernel.find(from, to, needle.length) >>> 0
    },
    lines: lineWriter(kernel, memory.bytes),
    memory: kernel.memory,
  }
}

function lineWriter(kernel: Exports, bytes: () => Uint8Array): LineWriter {
  let at = OUTPUT_AT
  let named = false
  const put = (text: string, to: number): number => {
    const utf8 = Buffer.from(text)
    bytes().set(utf8, to)
    return utf8.length
  }
  const nameErrors = () => {
    named = true
    for (let code = 0; code < ERROR_CODES; code++) {
      const slot = kernel.errorNamesAt() + code * ERROR_NAME_BYTES
      bytes()[slot] = put(JSON.stringify(errorName(-code)), slot + 1)
    }
  }
  return {
    write(format, row, count, base, data) {
      if (!named) nameErrors()
      const to = OUTPUT_AT + OUTPUT_BYTES
      const next = kernel.writeLines(LINE_FORMAT[format], TABLE_AT, row, count, base, data, at, to)
      at = kernel.linesAt()
      return next
    },
    stop: () => kernel.lineStop.value as LineStop,
    take() {
      const text = bytes().subarray(OUTPUT_AT, at)
      at = OUTPUT_AT
      return text
    },
    setSecond: (second, text) => kernel.setSecond(second, put(text, kernel.secondTextAt())),
    setPrefix(text) {
      // three bytes a character at most
      return text.length < 4096 && kernel.setPrefix(put(text, kernel.prefixAt())) !== 0
    },
  }
}

/** Of the buffer in assembly/find.ts. */
const NEEDLE_BYTES = 1024
/** Of the table in assembly/jsonl.ts. */
const ERROR_CODES = 128
const ERROR_NAME_BYTES = 32
