/*
 * What nodes refer to: parents, access lists, sessions; and whether one comes twice. Every node costs a few words of the
 * kernel's table; what is found is counted, and the first of each kind kept.
 */
import type { Finding } from '../../support/finding.ts'
import { hex64 } from '../../support/hex.ts'
import { textOf } from '../txnlog/filter.ts'
import { NODE_FLAG, ROW, ROW_WORDS } from './kernel/kernel.ts'
import { nodeAt, nodeIndex, pathAt, STAT } from './node.ts'
import { nodeKind } from './owner.ts'
import type { NodeBatch } from './scan.ts'
import { type SessionTable, sessionTable } from './sessions.ts'
import { Siblings } from './siblings.ts'

/** A node as a finding names it. */
interface Place {
  readonly offset: number
  readonly path: string
  readonly zxid: bigint
}

interface Found {
  count: number
  first: Place | undefined
  /** Distinct things that were named, the first few. */
  readonly named: Set<bigint>
}

/** A node that does not follow its parent: a server takes it when the parent comes anywhere before it. */
export interface Stray extends Place {
  readonly parent: string
}

const SMALL_REFS = 1 << 16
const MOST_NAMED = 10
/** Of a path, in bytes. */
const MOST_TOLD = 4096
const MOST_STRAYS = 1 << 20
const ROOT_QUOTA = '/zookeeper/quota/zookeeper_limits'

export class NodeChecks {
  private sessions: SessionTable = sessionTable(new Uint8Array())
  private readonly siblings = new Siblings()
  private readonly noAcl = found()
  private readonly noSession = found()
  private readonly twice = found()
  private readonly noSlash = found()
  private readonly tooLong = found()
  private readonly strayNodes: Stray[] = []
  /** 1 for references that are defined; larger ones are looked up each time. */
  private readonly knownAcls = new Uint8Array(SMALL_REFS)
  private quotaOfRoot: Place | undefined
  private quotaHasChildren = false
  private lastUndefined = false
  lastPath: string | undefined

  setSessions(sessions: SessionTable): void {
    this.sessions = sessions
  }

  batch(batch: NodeBatch): void {
    const { table, count } = batch
    for (let row = 0; row < count; row++) {
      const word = row * ROW_WORDS
      const flags = table[word + ROW.flags]!
      if ((flags & 0xff) !== 0 || this.lastUndefined) this.flagged(batch, row, flags)
      if (flags >>> 8 >= 3) this.checkQuota(batch, row)
    }
    for (const row of this.siblings.addRows(table, count)) note(this.twice, batch, row)
    this.lastPath = pathText(batch, count - 1)
  }

  private flagged(batch: NodeBatch, row: number, flags: number): void {
    const { view, table } = batch
    const aclAt = table[row * ROW_WORDS + ROW.aclAt]!
    // an undefined list is noted for every node that names it
    if (flags & NODE_FLAG.otherAcl || this.lastUndefined) {
      const ref = view.getUint32(aclAt + 4)
      const small = view.getUint32(aclAt) === 0 && ref < SMALL_REFS
      this.lastUndefined = (!small || this.knownAcls[ref] === 0) && !this.checkAcl(batch, row, small ? ref : undefined)
    }
    if (flags & NODE_FLAG.owned) {
      const high = view.getUint32(aclAt + STAT.ephemeralOwner)
      const low = view.getUint32(aclAt + STAT.ephemeralOwner + 4)
      if (!this.sessions.has(high, low)) this.checkOwner(batch, row)
    }
    if (flags & NODE_FLAG.noSlash) note(this.noSlash, batch, row)
    if (flags & NODE_FLAG.overLimit) note(this.tooLong, batch, row)
    if (flags & NODE_FLAG.parentNotOpen && this.strayNodes.length < MOST_STRAYS) {
      const path = textOf(pathAt(batch, row))
      this.strayNodes.push({ ...placeOf(batch, row), parent: path.slice(0, path.lastIndexOf('/')) })
    }
  }

  /** Whether it is defined. */
  private checkAcl(batch: NodeBatch, row: number, small: number | undefined): boolean {
    const { aclRef } = nodeAt(batch, row)
    const defined = batch.acls.list(aclRef) !== undefined
    if (!defined) note(this.noAcl, batch, row, aclRef)
    else if (small !== undefined) this.knownAcls[small] = 1
    return defined
  }

  /** An owner that is no session of the table. */
  private checkOwner(batch: NodeBatch, row: number): void {
    const { ephemeralOwner } = nodeAt(batch, row).stat
    if (nodeKind(ephemeralOwner) === 'ephemeral') note(this.noSession, batch, row, ephemeralOwner)
  }

  /** Limits without a child that would stand for the whole tree: PathTrie.addPath does not take an empty path. */
  private checkQuota(batch: NodeBatch, row: number): void {
    const at = batch.table[row * ROW_WORDS + ROW.at]!
    if (batch.view.getInt32(at) < ROOT_QUOTA.length || batch.bytes[at + 5] !== 0x7a) return
    const path = pathText(batch, row)
    if (this.quotaOfRoot !== undefined && path.startsWith(`${this.quotaOfRoot.path}/`)) this.quotaHasChildren = true
    if (path.startsWith(ROOT_QUOTA) && path.endsWith('/zookeeper_limits')) {
      this.quotaOfRoot = placeOf(batch, row)
      this.quotaHasChildren = false
    }
  }

  get strays(): readonly Stray[] {
    return this.strayNodes
  }

  get overLimit(): number {
    return this.tooLong.count
  }

  get rootQuota(): boolean {
    return this.quotaOfRoot !== undefined && !this.quotaHasChildren
  }

  /** `orphans`: strays whose parents come nowhere before them; `fuzzy`: things went on while it was written. */
  findings(file: string, orphans: readonly Stray[], fuzzy: boolean): Finding[] {
    const of = (
      what: Found,
      code: string,
      severity: Finding['severity'],
      message: string,
      remedy: string,
    ): Finding[] =>
      what.first === undefined
        ? []
        : [{ code, severity, message, file, ...what.first, evidence: evidence(what), remedy }]
    const orphan = orphans[0]
    const orphaned: Found = { count: orphans.length, first: orphan && place(orphan), named: new Set() }
    const nodes = (count: number, one: string, many: string) =>
      count === 1 ? `a node ${one}` : `${count} nodes ${many}`
    return [
      ...of(
        orphaned,
        'snapshot.orphan',
        'error',
        `${nodes(orphans.length, 'comes', 'come')} without a parent before: servers do not load the snapshot`,
        'Use an older snapshot with the logs from it on, or let the member resync.',
      ),
      ...of(
        this.noSlash,
        'snapshot.root-replaced',
        'error',
        `the path of ${nodes(this.noSlash.count, 'has', 'have')} no slash: a server takes it for the root`,
        'Use an older snapshot with the logs from it on, or let the member resync.',
      ),
      ...of(
        this.twice,
        'snapshot.duplicate',
        'error',
        `${nodes(this.twice.count, 'comes', 'come')} twice: a server keeps the last one, without a word`,
        'No server writes that: find out what made the file, and use another one.',
      ),
      ...of(
        this.noAcl,
        'snapshot.acl-undefined',
        fuzzy ? 'warning' : 'error',
        `${nodes(this.noAcl.count, 'names an access list', 'name access lists')} that the snapshot does not define: 3.8.4 and 3.9.2 on refuse to start when a transaction touches it`,
        'Use an older snapshot with the logs from it on, or let the member resync.',
      ),
      ...of(
        this.noSession,
        'snapshot.ephemeral-without-session',
        'warning',
        `${nodes(this.noSession.count, 'is owned', 'are owned')} by sessions that the snapshot does not list: a standalone server or a leader deletes them when it starts`,
        'None, when the sessions are gone or come in the logs that follow.',
      ),
      ...of(
        this.tooLong,
        'snapshot.over-limit',
        'warning',
        `${nodes(this.tooLong.count, 'is', 'are')} larger than servers with this jute.maxbuffer read`,
        'Start servers with the larger jute.maxbuffer that it was written with.',
      ),
      ...(this.rootQuota ? [rootQuota(file, this.quotaOfRoot!)] : []),
    ]
  }
}

function rootQuota(file: string, where: Place): Finding {
  return {
    code: 'snapshot.root-quota',
    severity: 'warning',
    message: 'a quota is set for the whole tree: servers do not start with it',
    file,
    ...where,
    remedy: 'Use a snapshot from before the quota was set, or let the member resync.',
  }
}

function found(): Found {
  return { count: 0, first: undefined, named: new Set() }
}

function note(what: Found, batch: NodeBatch, row: number, name?: bigint): void {
  what.count++
  what.first ??= placeOf(batch, row)
  if (name !== undefined && what.named.size < MOST_NAMED) what.named.add(name)
}

function evidence({ count, named }: Found): Record<string, unknown> {
  return { nodes: count, ...(named.size === 0 ? {} : { named: [...named].map(hex64) }) }
}

function place({ offset, path, zxid }: Place): Place {
  return { offset, path, zxid }
}

function placeOf(batch: NodeBatch, row: number): Place {
  const offset = nodeIndex(batch, row) + batch.base
  return { offset, path: pathText(batch, row), zxid: nodeAt(batch, row).stat.mzxid }
}

/** The length of a path is a claim: of one that would fill memory once more in each finding the front is told. */
function pathText(batch: NodeBatch, row: number): string {
  const path = pathAt(batch, row)
  if (path.length > MOST_TOLD) return `${textOf(path.subarray(0, MOST_TOLD))}…`
  return path.length === 0 ? '/' : textOf(path)
}
