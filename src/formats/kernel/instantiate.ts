/** What is used of it; its types come with the DOM's only. */
interface WebAssemblyApi {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown }
}

/**
 * The exports of a module that scripts/build-kernel.mjs made; undefined where WebAssembly or its SIMD instructions are
 * missing (`node --jitless`).
 */
export function instantiate(base64: string): unknown {
  const wasm = (globalThis as { WebAssembly?: WebAssemblyApi }).WebAssembly
  if (wasm === undefined) return undefined
  let module: object
  try {
    module = new wasm.Module(Buffer.from(base64, 'base64'))
  } catch {
    return undefined
  }
  return new wasm.Instance(module, {}).exports
}
