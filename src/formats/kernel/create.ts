import { errorName } from '../txnlog/ops.ts'
import { instantiate } from './instantiate.ts'
import { FIRST_FREE, type Kernel, OUTPUT_AT, OUTPUT_BYTES, TABLE_AT, TABLE_ROWS } from './kernel.ts'
import { LINE_FORMAT, type LineStop, type LineWriter } from './lines.ts'
import { plainKernel } from './plain.ts'
import type { StopKind } from './stop.ts'
import { WASM_BASE64 } from './wasm.ts'

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer }
  readonly stopKind: { readonly value: number }
  readonly stopAt: { readonly value: number }
  reserve(bytes: number): number
  frame(from: number, to: number, limit: number, table: number, capacity: number): number
  adler32(at: number, length: number, start: number): number
  search(from: number, to: number, limit: number): number
  endOfNonZero(from: number, to: number): number
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

/** Undefined where WebAssembly or its SIMD instructions are missing. */
export function createWasmKernel(): Kernel | undefined {
  const kernel = instantiate(WASM_BASE64) as Exports | undefined
  if (kernel === undefined) return undefined
  kernel.reserve(FIRST_FREE)
  let bytes = new Uint8Array(kernel.memory.buffer)
  let table = new Uint32Array(kernel.memory.buffer, TABLE_AT, TABLE_ROWS * 2)
  const reserve = (size: number): boolean => {
    const ok = kernel.reserve(size) !== 0
    if (bytes.length !== kernel.memory.buffer.byteLength) {
      bytes = new Uint8Array(kernel.memory.buffer)
      table = new Uint32Array(kernel.memory.buffer, TABLE_AT, TABLE_ROWS * 2)
    }
    return ok
  }
  return {
    reserve,
    bytes: () => bytes,
    frame: (from, to, limit, capacity) => kernel.frame(from, to, limit, TABLE_AT, Math.min(capacity, TABLE_ROWS)),
    stopKind: () => kernel.stopKind.value as StopKind,
    stopAt: () => kernel.stopAt.value >>> 0,
    table: () => table,
    adler32: (at, length, start) => kernel.adler32(at, length, start) >>> 0,
    search: (from, to, limit) => kernel.search(from, to, limit) >>> 0,
    endOfNonZero: (from, to) => kernel.endOfNonZero(from, to) >>> 0,
    lines: lineWriter(kernel, () => bytes),
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
      const next = kernel.writeLines(LINE_FORMAT[format], TABLE_AT, row, count, base, data ? 1 : 0, at, to)
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

/** Of the table in assembly/jsonl.ts. */
const ERROR_CODES = 128
const ERROR_NAME_BYTES = 32
