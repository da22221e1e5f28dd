import { createSnapshotKernel } from './create.ts'
import type { SnapshotKernel } from './kernel.ts'

/** Those that are not in use: making one takes longer than reading a small snapshot. */
const idle: SnapshotKernel[] = []
const MOST_IDLE = 3

/** It begins anew with whoever takes it. */
export function takeKernel(): SnapshotKernel {
  return idle.pop() ?? createSnapshotKernel()
}

export function giveBack(kernel: SnapshotKernel): void {
  if (idle.length < MOST_IDLE) idle.push(kernel)
}
