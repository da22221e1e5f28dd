/* The tally in WebAssembly (../../kernel/assembly/tally.ts), in the memory of the kernel, behind its buffer. */
import { ZkopsError } from '../../../support/errors.ts'
import { FIRST_FREE, type Kernel, TABLE_AT } from '../../kernel/kernel.ts'
import { WASM_BASE64 } from '../../kernel/wasm-tally.ts'
import { instantiate } from '../../kernel/webassembly.ts'
import { COUNTERS, type KeyCounts, type Tally, type TallyOptions, type TypeCount } from './tally.ts'

interface Exports {
  open(at: number, depth: number): number
  openCounter(number: number, most: number, arenaBytes: number): number
  tally(table: number, count: number): number
  typesAt(): number
  dataByteCount(): number
  nextEntry(number: number, slot: number, least: number): number
  readonly usedSlot: { readonly value: number }
  keyCount(number: number): number
  missedAtMost(number: number): number
}

/** Of assembly/tally.ts and assembly/counter.ts. */
const FIRST_TYPE = -11
const UNKNOWN = 33
const KEY_AT = 40
const UNBOUNDED = [0, 0] as const

/** Undefined where there is no SIMD, and where no memory is left behind the longest record. */
export function wasmTally(kernel: Kernel, bufferBytes: number, { bounds, depth }: TallyOptions): Tally | undefined {
  const { memory } = kernel
  const at = FIRST_FREE + bufferBytes + 64
  if (memory === undefined || at >= 2 ** 31) return undefined
  const module = instantiate<Exports>(WASM_BASE64, { env: { memory } })
  if (module === undefined) return undefined
  const opened =
    module.open(at, depth) !== 0 &&
    COUNTERS.every((name, number) => module.openCounter(number, ...(bounds?.[name] ?? UNBOUNDED)) !== 0)
  kernel.reserve(0)
  if (!opened) return undefined
  return {
    add({ count }) {
      const done = module.tally(TABLE_AT, count)
      // it may have made the memory larger
      kernel.reserve(0)
      if (done === 0) {
        throw new ZkopsError('input.too-large', 'There are more different paths than fit in memory', {
          hint: 'Without --exact the memory is bounded.',
        })
      }
    },
    result() {
      const view = new DataView(memory.buffer)
      const counts = (number: number) => keyCounts(module, view, number)
      return {
        types: typeCounts(view, module.typesAt() >>> 0),
        dataBytes: module.dataByteCount(),
        paths: counts(0),
        prefixes: counts(1),
        sessions: counts(2),
        errors: counts(3),
        failedOps: counts(4),
      }
    },
  }
}

function typeCounts(view: DataView, at: number): TypeCount[] {
  return Array.from({ length: UNKNOWN + 1 }, (_, i) => ({
    type: i === UNKNOWN ? null : i + FIRST_TYPE,
    count: long(view, at + i * 24),
    bytes: long(view, at + i * 24 + 8),
    ops: long(view, at + i * 24 + 16),
  })).filter(({ count, ops }) => count > 0 || ops > 0)
}

function keyCounts(module: Exports, view: DataView, number: number): KeyCounts {
  return {
    keys: module.keyCount(number),
    missed: module.missedAtMost(number),
    each(visit) {
      let least = 0
      for (let slot = 0, entry = 0; (entry = module.nextEntry(number, slot, least) >>> 0) !== 0; ) {
        least = visit(long(view, entry), long(view, entry + 8), entry)
        slot = module.usedSlot.value + 1
      }
    },
    keyAt: (entry) => new Uint8Array(view.buffer, entry + KEY_AT, view.getUint32(entry + 36, true)),
    missedAt: (entry) => long(view, entry + 16),
  }
}

/** Little-endian, as in WebAssembly; counts stay below 2^53. */
function long(view: DataView, at: number): number {
  return view.getUint32(at, true) + view.getUint32(at + 4, true) * 2 ** 32
}
