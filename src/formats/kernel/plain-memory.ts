/** What a kernel in plain JavaScript works in. */
export class PlainMemory {
  bytes: Uint8Array
  view: DataView

  constructor(size: number) {
    this.bytes = new Uint8Array(size)
    this.view = new DataView(this.bytes.buffer)
  }

  /** False: there is no more. */
  reserve(size: number): boolean {
    if (size <= this.bytes.length) return true
    try {
      const larger = new Uint8Array(size)
      larger.set(this.bytes)
      this.bytes = larger
      this.view = new DataView(larger.buffer)
      return true
    } catch {
      return false
    }
  }
}
