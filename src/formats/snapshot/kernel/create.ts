import { growingMemory, instantiate, type WasmMemory } from '../../kernel/webassembly.ts'
import {
  FIRST_FREE,
  type NodeStop,
  OUTPUT_AT,
  OUTPUT_BYTES,
  ROW_WORDS,
  ROWS,
  type SnapshotKernel,
  TABLE_AT,
} from './kernel.ts'
import { NODE_LINE_FORMAT, type NodeLineStop, type NodeLines } from './lines.ts'
import { plainSnapshotKernel } from './plain.ts'
import { WASM_BASE64 } from './wasm.ts'

interface Exports {
  readonly memory: WasmMemory
  readonly stopKind: { readonly value: number }
  readonly stopAt: { readonly value: number }
  readonly maxZxid: { readonly value: bigint }
  readonly digestSum: { readonly value: bigint }
  readonly asciiDigestSum: { readonly value: bigint }
  readonly lineStop: { readonly value: number }
  reserve(bytes: number): number
  begin(): void
  frame(
    from: number,
    to: number,
    before: number,
    limit: number,
    most: number,
    digest: number,
    table: number,
    capacity: number,
  ): number
  adler32(at: number, length: number, start: number): number
  resetLines(): void
  linesAt(): number
  aclSlotAt(table: number, row: number): number
  setAcl(table: number, row: number, length: number): void
  writeNodes(
    format: number,
    table: number,
    row: number,
    count: number,
    data: number,
    width: number,
    from: number,
    to: number,
  ): number
}

const LEAST = -(1n << 63n)

/** The SIMD kernel where the runtime has SIMD, else the plain one. */
export function createSnapshotKernel(): SnapshotKernel {
  return createWasmSnapshotKernel() ?? plainSnapshotKernel()
}

/** Undefined where WebAssembly or its SIMD instructions are missing (`node --jitless`). */
export function createWasmSnapshotKernel(): SnapshotKernel | undefined {
  const kernel = instantiate<Exports>(WASM_BASE64)
  if (kernel === undefined) return undefined
  const memory = growingMemory(kernel, { first: FIRST_FREE, tableAt: TABLE_AT, words: ROWS * ROW_WORDS })
  return {
    ...memory,
    begin: () => kernel.begin(),
    frame: (from, to, before, { limit, most, digest }) =>
      kernel.frame(from, to, before, limit, most, digest ? 1 : 0, TABLE_AT, ROWS),
    stopKind: () => kernel.stopKind.value as NodeStop,
    stopAt: () => kernel.stopAt.value >>> 0,
    adler32: (at, length, start) => kernel.adler32(at, length, start) >>> 0,
    summary: () => ({
      maxZxid: kernel.maxZxid.value === LEAST ? null : kernel.maxZxid.value,
      digest: BigInt.asUintN(64, kernel.digestSum.value),
      asciiDigest: BigInt.asUintN(64, kernel.asciiDigestSum.value),
    }),
    lines: nodeLines(kernel, memory.bytes),
  }
}

/** Of a slot in assembly/lines.ts. */
const MOST_ACL_BYTES = 1000

function nodeLines(kernel: Exports, bytes: () => Uint8Array): NodeLines {
  let at = OUTPUT_AT
  return {
    reset() {
      at = OUTPUT_AT
      kernel.resetLines()
    },
    write(format, row, count, data, width) {
      const to = OUTPUT_AT + OUTPUT_BYTES
      const next = kernel.writeNodes(NODE_LINE_FORMAT[format], TABLE_AT, row, count, data ? 1 : 0, width, at, to)
      at = kernel.linesAt()
      return next
    },
    stop: () => kernel.lineStop.value as NodeLineStop,
    take() {
      const text = bytes().subarray(OUTPUT_AT, at)
      at = OUTPUT_AT
      return text
    },
    setAcl(row, text) {
      const utf8 = Buffer.from(text)
      if (utf8.length > MOST_ACL_BYTES) return false
      bytes().set(utf8, kernel.aclSlotAt(TABLE_AT, row))
      kernel.setAcl(TABLE_AT, row, utf8.length)
      return true
    },
  }
}
