/*
 * Nodes that are larger than what is read without asking: what lies at their ends is looked at before their values are
 * read, so that a damaged length takes no memory (of a plain file, see SnapshotInput.look). Places are told from where the
 * input stands.
 */
import type { Look, SnapshotInput } from './input.ts'
import { AFTER_DATA_BYTES } from './node.ts'
import { hasControls, type NodeBounds, nodeEnd, plausiblePath, plausibleStat } from './plausible.ts'

/** Data and paths up to this length are read before they are looked at. */
export const BELIEVED_BYTES = 1 << 20
/** Of a path: most are shorter. */
const FIRST_LOOK = 1 << 10

/** Whether what is here can be a node, the root too. */
export async function isPlausibleNode(input: SnapshotInput, bounds: NodeBounds): Promise<boolean> {
  const length = await pathLength(input, bounds.most)
  return length !== undefined && (await plausibleEnd(input, 0, length, bounds)) !== undefined
}

/** Where the node here says that it ends; undefined when that cannot be. */
export async function frameBytes(input: SnapshotInput, most: number): Promise<number | undefined> {
  const length = await pathLength(input, most)
  const data = length === undefined ? undefined : await input.look(4 + length, 4)
  if (length === undefined || data === undefined) return undefined
  const end = nodeEnd(data.view, data.at - 4 - length, length, most)
  return end === undefined ? undefined : end - data.at + 4 + length
}

/** Undefined when it is not believed. */
export async function pathLength(input: SnapshotInput, most: number): Promise<number | undefined> {
  const start = await input.look(0, 4)
  const length = start?.view.getUint32(start.at)
  return length !== undefined && length <= most ? length : undefined
}

/** Where a node that begins at `skip` ends; undefined when it is none. */
export async function plausibleEnd(
  input: SnapshotInput,
  skip: number,
  pathLength: number,
  bounds: NodeBounds,
): Promise<number | undefined> {
  const node = await lookAtNode(input, skip, pathLength)
  if (node === undefined) return undefined
  const pathAt = node.at + 4
  if (pathLength > 0 && !plausiblePath(node.bytes, pathAt, pathAt + pathLength)) return undefined
  const end = nodeEnd(node.view, node.at, pathLength, bounds.most)
  if (end === undefined) return undefined
  const bytes = skip + end - node.at
  const stat = await input.look(bytes - AFTER_DATA_BYTES, AFTER_DATA_BYTES)
  return stat !== undefined && plausibleStat(stat.view, stat.at, bounds) ? bytes : undefined
}

/**
 * A node that begins at `skip`, up to the length of its data; undefined when it cannot be one, which is told before all of
 * a long path is read.
 */
export async function lookAtNode(input: SnapshotInput, skip: number, pathLength: number): Promise<Look | undefined> {
  for (let count = FIRST_LOOK; count < pathLength; count *= 2) {
    const part = await input.look(skip + 4, count)
    if (part === undefined || hasControls(part.bytes, part.at, part.at + count)) return undefined
  }
  return input.look(skip, 8 + pathLength)
}
