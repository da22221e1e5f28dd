/** What is used of it; its types come with the DOM's only. */
interface WebAssemblyApi {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown }
}

/** A WebAssembly.Memory. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer
}

/** The exports of a module of ours; undefined where WebAssembly or its SIMD instructions are missing (`node --jitless`). */
export function instantiate<Exports>(
  base64: string,
  imports: Readonly<Record<string, object>> = {},
): Exports | undefined {
  const wasm = (globalThis as { WebAssembly?: WebAssemblyApi }).WebAssembly
  if (wasm === undefined) return undefined
  let module: object
  try {
    module = new wasm.Module(Buffer.from(base64, 'base64'))
  } catch {
    return undefined
  }
  return new wasm.Instance(module, imports).exports as Exports
}

/** The memory of a module that can grow, and a table in it. */
export interface GrowingMemory {
  bytes(): Uint8Array
  table(): Uint32Array
  reserve(size: number): boolean
}

export function growingMemory(
  module: { readonly memory: WasmMemory; reserve(bytes: number): number },
  { first, tableAt, words }: { readonly first: number; readonly tableAt: number; readonly words: number },
): GrowingMemory {
  const { memory } = module
  module.reserve(first)
  let bytes = new Uint8Array(memory.buffer)
  let table = new Uint32Array(memory.buffer, tableAt, words)
  return {
    bytes: () => bytes,
    table: () => table,
    reserve(size) {
      const ok = module.reserve(size) !== 0
      if (bytes.length !== memory.buffer.byteLength) {
        bytes = new Uint8Array(memory.buffer)
        table = new Uint32Array(memory.buffer, tableAt, words)
      }
      return ok
    },
  }
}
