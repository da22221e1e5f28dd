/*
 * What is wrong with a tree, found while its nodes go by: a server writes each node's descendants right behind it, so
 * one entry for each level of depth is all that is kept.
 */
import { NODE_FLAG, ROW, ROW_WORDS } from '../../formats/snapshot/kernel/kernel.ts'
import { pathAt, STAT } from '../../formats/snapshot/node.ts'
import type { NodeBatch } from '../../formats/snapshot/scan.ts'
import { textOf } from '../../formats/txnlog/filter.ts'
import { permsText } from '../../formats/txnlog/perms.ts'
import type { Finding } from '../../support/finding.ts'
import type { Found } from './found.ts'

/** Around a value in a reply: xid, zxid, error, length, stat. */
const REPLY_BYTES = 16 + 4 + 68
/** The share of a limit from which on it is near. */
const NEAR = 0.8
const LAST_SEQUENCE = 2 ** 31 - 1
const CRITICAL_SEQUENCE = 0.95
/** Write, create, delete, admin. */
const CHANGING = 2 | 4 | 8 | 16
/** Made by servers, open by default. */
const BUILT_IN: ReadonlySet<string> = new Set(['/zookeeper', '/zookeeper/quota'])

/** A node whose descendants go by. */
interface Level {
  pathBytes: number
  children: number
  listBytes: number
  /** Copied with the first child. */
  path: string
}

export class NodeLint {
  private readonly found: Found
  private readonly file: string
  private readonly limit: number
  private readonly levels: Level[] = []
  /** Of the node before; -1 for none. */
  private depth = -1
  private ordered = true
  private openTop: { readonly path: string; readonly perms: number; readonly depth: number; nodes: number } | undefined
  private lastRef: readonly [number, number] = [0, 0]
  private lastPerms = -1

  constructor(found: Found, file: string, juteMaxbuffer: number) {
    this.found = found
    this.file = file
    this.limit = juteMaxbuffer
  }

  batch(batch: NodeBatch): void {
    const { table, view } = batch
    for (let row = 0; row < batch.count; row++) {
      const word = row * ROW_WORDS
      const flags = table[word + ROW.flags]!
      const at = table[word + ROW.at]!
      const dataAt = table[word + ROW.dataAt]!
      const aclAt = table[word + ROW.aclAt]!
      const dataBytes = aclAt - dataAt - 4
      if (dataBytes + REPLY_BYTES >= this.limit * NEAR) this.nearLimit(batch, row, dataBytes)
      const counter = view.getInt32(aclAt + STAT.cversion)
      if (counter < 0 || counter >= LAST_SEQUENCE * NEAR) this.nearOverflow(batch, row, counter)
      if (this.ordered) this.place(batch, row, flags, dataAt - at - 4)
      if (this.ordered) this.openness(batch, row, flags >>> 8, aclAt)
    }
  }

  finish(): void {
    this.leave(0)
    this.closeTop(0)
  }

  /** Puts a node below its parent, and ends what it ends. */
  private place(batch: NodeBatch, row: number, flags: number, pathBytes: number): void {
    const depth = flags >>> 8
    this.leave(depth)
    if (flags & (NODE_FLAG.parentNotOpen | NODE_FLAG.noSlash)) {
      this.ordered = false
      this.found.add('tree.unordered', () => ({
        severity: 'warning',
        message: 'it does not follow its parent: what is below nodes was not counted from here on',
        ...this.at(batch, row),
      }))
      return
    }
    if (depth > 0) {
      const parent = this.levels[depth - 1]!
      if (parent.children++ === 0) {
        parent.path = parent.pathBytes === 0 ? '/' : textOf(pathAt(batch, row).subarray(0, parent.pathBytes))
      }
      parent.listBytes += 4 + pathBytes - parent.pathBytes - 1
    }
    const level = (this.levels[depth] ??= { pathBytes: 0, children: 0, listBytes: 0, path: '' })
    level.pathBytes = pathBytes
    level.children = 0
    level.listBytes = 0
    this.depth = depth
  }

  /** The descendants of all nodes from this depth down are through. */
  private leave(depth: number): void {
    for (; this.depth >= depth; this.depth--) {
      const { children, listBytes, path } = this.levels[this.depth]!
      const bytes = REPLY_BYTES + listBytes
      if (bytes < this.limit * NEAR) continue
      this.found.add('tree.children-near-limit', () => ({
        severity: bytes > this.limit ? 'error' : 'warning',
        message: `the list of its ${children} children takes ${bytes} bytes, ${shareText(bytes, this.limit)} of jute.maxbuffer`,
        file: this.file,
        path,
        evidence: { children, bytes, limit: this.limit },
        remedy: 'Remove children before nobody can list them; find out who creates them.',
      }))
    }
  }

  private nearLimit(batch: NodeBatch, row: number, dataBytes: number): void {
    const bytes = dataBytes + REPLY_BYTES
    this.found.add('tree.node-near-limit', () => ({
      severity: bytes > this.limit ? 'error' : 'warning',
      message: `its value of ${dataBytes} bytes takes ${shareText(bytes, this.limit)} of jute.maxbuffer`,
      ...this.at(batch, row),
      evidence: { dataBytes, bytes, limit: this.limit },
      remedy: 'Shrink or split the value, or start all servers and clients with a larger jute.maxbuffer.',
    }))
  }

  private nearOverflow(batch: NodeBatch, row: number, counter: number): void {
    const over = counter < 0 || counter >= LAST_SEQUENCE * CRITICAL_SEQUENCE
    this.found.add('tree.sequence-near-overflow', () => ({
      severity: over ? 'error' : 'warning',
      message:
        counter < 0
          ? `its counter of children has overflown (${counter}): names of sequential children are negative`
          : `its counter of children is at ${counter}, ${shareText(counter, LAST_SEQUENCE)} of what there is`,
      ...this.at(batch, row),
      evidence: { counter, last: LAST_SEQUENCE },
      remedy: 'Let the application move to a new parent.',
    }))
  }

  private openness(batch: NodeBatch, row: number, depth: number, aclAt: number): void {
    this.closeTop(depth)
    const perms = this.permsOf(batch, aclAt)
    if (perms === 0) return
    if (this.openTop !== undefined) {
      this.openTop.nodes++
      return
    }
    const path = textOf(pathAt(batch, row)) || '/'
    if (path === '/') this.rootIsOpen(perms)
    // quotas are made open by every client
    else if (!BUILT_IN.has(path) && !path.startsWith('/zookeeper/quota/')) {
      this.openTop = { path, perms, depth, nodes: 1 }
    }
  }

  /** What anyone may change. */
  private permsOf({ view, acls }: NodeBatch, aclAt: number): number {
    const high = view.getUint32(aclAt)
    const low = view.getUint32(aclAt + 4)
    if (this.lastPerms !== -1 && this.lastRef[0] === high && this.lastRef[1] === low) return this.lastPerms
    this.lastRef = [high, low]
    this.lastPerms = 0
    for (const { perms, scheme, id } of acls.list(view.getBigInt64(aclAt)) ?? []) {
      const anyone = scheme !== null && id !== null && textOf(scheme) === 'world' && textOf(id) === 'anyone'
      if (anyone) this.lastPerms |= perms & CHANGING
    }
    return this.lastPerms
  }

  private rootIsOpen(perms: number): void {
    this.found.add('tree.world-writable', () => ({
      severity: 'info',
      message: `anyone may change the root (${permsText(perms)}), as by default`,
      file: this.file,
      path: '/',
      evidence: { perms: permsText(perms) },
    }))
  }

  /** Ends the open subtree when a node of this depth lies outside of it. */
  private closeTop(depth: number): void {
    const top = this.openTop
    if (top === undefined || depth > top.depth) return
    this.openTop = undefined
    const { path, perms, nodes } = top
    this.found.add('tree.world-writable', () => ({
      severity: path === '/zookeeper/config' ? 'error' : 'warning',
      message: `anyone may change it (${permsText(perms)})${nodes === 1 ? '' : `, and ${nodes - 1} znodes below it`}`,
      file: this.file,
      path,
      evidence: { perms: permsText(perms), nodes },
      remedy: 'Set access lists (setAcl -R) once all clients authenticate.',
    }))
  }

  private at(batch: NodeBatch, row: number): Pick<Finding, 'file' | 'path' | 'offset'> {
    return {
      file: this.file,
      path: textOf(pathAt(batch, row)) || '/',
      offset: batch.table[row * ROW_WORDS + ROW.at]! + batch.base,
    }
  }
}

function shareText(part: number, whole: number): string {
  return `${((100 * part) / whole).toFixed(1)} %`
}
