/*
 * Nodes of one snapshot held against those of another, byte by byte where they lie. What counts as a change: value,
 * access list, kind and owner, version of value and of access list. What else a stat tells (zxids, times, cversion), and
 * what each server keeps for itself, is looked at when asked for.
 */
import type { AclTable } from '../../formats/snapshot/acls.ts'
import { ROW, ROW_WORDS } from '../../formats/snapshot/kernel/kernel.ts'
import { AFTER_DATA_BYTES, nodeAt, type SnapshotNode, STAT } from '../../formats/snapshot/node.ts'
import { sameAcls } from '../../formats/snapshot/same-acl.ts'
import type { NodeBatch } from '../../formats/snapshot/scan.ts'
import { textOf } from '../../formats/txnlog/filter.ts'
import { ZkopsError } from '../../support/errors.ts'
import { changed, type LeftSide } from './left-side.ts'

export const CHANGE_FIELDS = ['data', 'acl', 'owner', 'version', 'stat'] as const
export type ChangeField = (typeof CHANGE_FIELDS)[number]

export interface NodeState {
  readonly node: SnapshotNode
  readonly acls: AclTable
}

/** A node that differs; what is in it is there until the callback returns. */
export interface NodeChange {
  readonly change: 'added' | 'removed' | 'changed'
  readonly path: Uint8Array
  /** Of a node that both have; `stat` for anything else in its stat. */
  readonly fields: readonly ChangeField[]
  readonly before: NodeState | null
  readonly after: NodeState | null
}

export interface ChangeCounts {
  readonly added: number
  readonly removed: number
  readonly changed: number
  /** Nodes by what is changed; one with several counts for each. */
  readonly fields: Readonly<Record<ChangeField, number>>
}

export interface CompareOptions {
  readonly left: LeftSide
  readonly leftFile: string
  readonly rightFile: string
  /** Differences in nothing but `stat` count. */
  readonly stat: boolean
  readonly onChange: ((change: NodeChange) => void) | undefined
}

const DATA = 1
const ACL = 2
const OWNER = 4
const VERSION = 8
const OTHER = 16

export class NodeComparison {
  private readonly options: CompareOptions
  private readonly wanted: number
  private same: ((b1: number, b2: number, a1: number, a2: number) => boolean) | undefined
  private added = 0
  private removed = 0
  private changes = 0
  private readonly byField = [0, 0, 0, 0, 0]
  /** The path that is looked for, and the bytes of the node that was looked at last. */
  private right: Buffer = Buffer.alloc(0)
  private at = 0
  private dataAt = 0
  private length = 0
  private leftBytes: Buffer = Buffer.alloc(0)
  /** Its whole record is that of the right side. */
  private equal = false

  constructor(options: CompareOptions) {
    this.options = options
    this.wanted = options.stat ? DATA | ACL | OWNER | VERSION | OTHER : DATA | ACL | OWNER | VERSION
  }

  batch(batch: NodeBatch): void {
    const { table, bytes, acls } = batch
    const { left, onChange } = this.options
    this.same ??= sameAcls(left.acls, acls)
    this.right = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    for (let row = 0; row < batch.count; row++) {
      const word = row * ROW_WORDS
      this.at = table[word + ROW.at]!
      this.dataAt = table[word + ROW.dataAt]!
      const aclAt = table[word + ROW.aclAt]!
      this.length = aclAt + AFTER_DATA_BYTES - this.at
      const entry = left.index.find(table[word + ROW.hash]!, table[word + ROW.hash + 1]!, this.isPath)
      if (entry === -1) {
        this.added++
        if (onChange !== undefined) {
          const node = nodeAt(batch, row)
          onChange({ change: 'added', path: node.path, fields: [], before: null, after: { node, acls } })
        }
        continue
      }
      const offset = left.index.offset(entry)
      if (!left.index.see(entry)) throw twice(this.options.rightFile, nodeAt(batch, row).path, this.at + batch.base)
      const found = this.differences(offset, aclAt)
      if ((found & this.wanted) === 0) continue
      const differs = withoutLocal(nodeAt(batch, row).path, found)
      if ((differs & this.wanted) === 0) continue
      this.note(differs)
      if (onChange === undefined) continue
      const node = nodeAt(batch, row)
      const before = { node: left.node(offset), acls: left.acls }
      onChange({ change: 'changed', path: node.path, fields: fieldsOf(differs), before, after: { node, acls } })
    }
  }

  /** What the left side alone has. */
  finish(): ChangeCounts {
    const { left, leftFile, onChange } = this.options
    for (const entry of left.index.unseen()) {
      const offset = left.index.offset(entry)
      if (left.index.twin(entry, (other) => this.isTwin(offset, other))) {
        throw twice(leftFile, left.node(offset).path, offset)
      }
      this.removed++
      const before = { node: left.node(offset), acls: left.acls }
      onChange?.({ change: 'removed', path: before.node.path, fields: [], before, after: null })
    }
    const [data, acl, owner, version, stat] = this.byField as [number, number, number, number, number]
    return {
      added: this.added,
      removed: this.removed,
      changed: this.changes,
      fields: { data, acl, owner, version, stat },
    }
  }

  /** Whether the node at `offset` on the left has the path. */
  private readonly isPath = (offset: number): boolean => {
    const { right, at, length, dataAt } = this
    const left = this.options.left.bytes(offset, length)
    this.leftBytes = left
    this.equal = left.length === length && right.compare(left, 0, length, at, at + length) === 0
    if (this.equal) return true
    const pathBytes = dataAt - at
    return left.length >= pathBytes && right.compare(left, 0, pathBytes, at, dataAt) === 0
  }

  private isTwin(offset: number, other: number): boolean {
    const path = Buffer.from(this.options.left.node(offset).path)
    return path.equals(this.options.left.node(other).path)
  }

  /** Bits of what differs between the node on the right and the one that was found. */
  private differences(offset: number, aclAt: number): number {
    const { right, at, length, leftBytes } = this
    const aclFrom = aclAt - at
    if (this.equal) return this.sameAcl(leftBytes, aclFrom, aclAt) ? 0 : ACL
    const data = this.dataAt - at
    if (leftBytes.length < data + 4) throw changed(this.options.leftFile, offset)
    const dataDiffers = leftBytes.length < aclFrom || right.compare(leftBytes, data, aclFrom, this.dataAt, aclAt) !== 0
    if (!dataDiffers && leftBytes.length === length) return this.statDifferences(leftBytes, aclFrom, aclAt)
    const leftAcl = data + 4 + Math.max(0, leftBytes.readInt32BE(data))
    const rest = this.options.left.bytes(offset + leftAcl, AFTER_DATA_BYTES)
    if (rest.length < AFTER_DATA_BYTES) throw changed(this.options.leftFile, offset)
    return (dataDiffers ? DATA : 0) | this.statDifferences(rest, 0, aclAt)
  }

  /** `from`: where the ACL reference lies in `left`, the stat behind it. */
  private statDifferences(left: Buffer, from: number, aclAt: number): number {
    const { right } = this
    const differs = (field: number, to: number) =>
      right.compare(left, from + field, from + to, aclAt + field, aclAt + to) !== 0
    const other =
      differs(STAT.czxid, STAT.version) ||
      differs(STAT.cversion, STAT.aversion) ||
      differs(STAT.pzxid, AFTER_DATA_BYTES)
    return (
      (this.sameAcl(left, from, aclAt) ? 0 : ACL) |
      (differs(STAT.ephemeralOwner, STAT.pzxid) ? OWNER : 0) |
      (differs(STAT.version, STAT.cversion) || differs(STAT.aversion, STAT.ephemeralOwner) ? VERSION : 0) |
      (other ? OTHER : 0)
    )
  }

  private sameAcl(left: Buffer, from: number, aclAt: number): boolean {
    const { right } = this
    return this.same!(
      left.readUInt32BE(from),
      left.readUInt32BE(from + 4),
      right.readUInt32BE(aclAt),
      right.readUInt32BE(aclAt + 4),
    )
  }

  private note(differs: number): void {
    this.changes++
    for (let i = 0; i < CHANGE_FIELDS.length; i++) if (differs & (1 << i)) this.byField[i]!++
  }
}

/**
 * What each server keeps for itself is no more than a stat: the usage beside a quota, which it counts anew when it starts
 * (DataTree.setupQuota), and the version of /zookeeper/config (ZKDatabase.initConfigInZKDatabase).
 */
function withoutLocal(path: Uint8Array, differs: number): number {
  // most paths are not looked at any further
  if (path[1] !== 0x7a) return differs
  const text = textOf(path)
  const usage = text.startsWith('/zookeeper/quota/') && text.endsWith('/zookeeper_stats')
  const local = usage ? DATA : text === '/zookeeper/config' ? VERSION : 0
  return differs & local ? (differs & ~local) | OTHER : differs
}

function fieldsOf(differs: number): readonly ChangeField[] {
  return CHANGE_FIELDS.filter((_, i) => differs & (1 << i))
}

function twice(file: string, path: Uint8Array, offset: number): ZkopsError {
  return new ZkopsError('input.damaged', `${file} holds ${textOf(path) || '/'} twice`, {
    file,
    offset,
    hint: 'No server writes that: find out what made the file, and use another one.',
  })
}
