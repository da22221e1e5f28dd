/** What is used of it; its types come with the DOM's only. */
interface WebAssemblyApi {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown }
}

/** A module's exports; undefined where WebAssembly or its SIMD instructions are missing (`node --jitless`). */
export function instantiate<Exports>(base64: string): Exports | undefined {
  const wasm = (globalThis as { WebAssembly?: WebAssemblyApi }).WebAssembly
  if (wasm === undefined) return undefined
  try {
    return new wasm.Instance(new wasm.Module(Buffer.from(base64, 'base64')), {}).exports as Exports
  } catch {
    return undefined
  }
}
