import { FIRST_FREE, type Kernel, TABLE_AT, TABLE_ROWS } from './kernel.ts'
import { plainKernel } from './plain.ts'
import type { StopKind } from './stop.ts'
import { WASM_BASE64 } from './wasm.ts'

/** What is used of it; its types come with the DOM's only. */
interface WebAssemblyApi {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown }
}

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer }
  readonly stopKind: { readonly value: number }
  readonly stopAt: { readonly value: number }
  reserve(bytes: number): number
  frame(from: number, to: number, limit: number, table: number, capacity: number): number
  adler32(at: number, length: number, start: number): number
  search(from: number, to: number, limit: number): number
  endOfNonZero(from: number, to: number): number
}

/** The SIMD kernel where the runtime has SIMD, else the plain one. */
export function createKernel(): Kernel {
  return createWasmKernel() ?? plainKernel()
}

/** Undefined where WebAssembly or its SIMD instructions are missing (`node --jitless`). */
export function createWasmKernel(): Kernel | undefined {
  const wasm = (globalThis as { WebAssembly?: WebAssemblyApi }).WebAssembly
  if (wasm === undefined) return undefined
  let module: object
  try {
    module = new wasm.Module(Buffer.from(WASM_BASE64, 'base64'))
  } catch {
    return undefined
  }
  const kernel = new wasm.Instance(module, {}).exports as Exports
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
  }
}
