/*
 * Jute as BinaryOutputArchive writes it; the layouts stand in reader.ts.
 */

/** Appends to a buffer that grows. */
export interface JuteWriter {
  boolean(value: boolean): void
  int(value: number): void
  long(value: bigint): void
  buffer(value: Uint8Array | null): void
  /** Starts a vector; null for a null one. */
  count(value: number | null): void
  bytes(value: Uint8Array): void
  /** What was written so far; a view that later writes may move away from. */
  result(): Uint8Array
}

export function juteWriter(): JuteWriter {
  let output = new Uint8Array(256)
  let view = new DataView(output.buffer)
  let at = 0
  const make = (length: number): number => {
    if (at + length > output.length) {
      const larger = new Uint8Array(Math.max(output.length * 2, at + length))
      larger.set(output)
      output = larger
      view = new DataView(output.buffer)
    }
    const start = at
    at += length
    return start
  }
  const bytes = (value: Uint8Array): void => {
    const start = make(value.length)
    output.set(value, start)
  }
  const int = (value: number): void => {
    const start = make(4)
    view.setInt32(start, value)
  }
  return {
    int,
    bytes,
    boolean(value) {
      const start = make(1)
      output[start] = value ? 1 : 0
    },
    long(value) {
      const start = make(8)
      view.setBigInt64(start, value)
    },
    buffer(value) {
      int(value === null ? -1 : value.length)
      if (value !== null) bytes(value)
    },
    count: (value) => int(value ?? -1),
    result: () => output.subarray(0, at),
  }
}
