/*
 * The znodes below a path as the logs leave them, and what each transaction changes of them:
 *
 * 1. A create makes a state, a delete ends it, setData and setACL change it; what a state was before is known only
 *    when these logs have said it.
 * 2. A closeSession removes what its record lists (3.6 on), and what that session is known to own.
 *
 * Memory: a state for each living znode below the path, and at most `KEPT_BYTES` of their data; when there is more, the
 * values that were set longest ago are forgotten, and counted.
 */
import { type AppliedOp, appliedOps } from '../../formats/txnlog/applied.ts'
import { textOf } from '../../formats/txnlog/filter.ts'
import { OP } from '../../formats/txnlog/ops.ts'
import type { AclList, Text, Txn, TxnBody } from '../../formats/txnlog/types.ts'
import { sessionEnd } from './session-end.ts'
import type { Cause, ZnodeEvent, ZnodeKind, ZnodeState } from './znode-events.ts'

export interface WatchOptions {
  readonly watched: (path: string) => boolean
  readonly recursive: boolean
  /** False: sizes only. */
  readonly data: boolean
  readonly keptBytes?: number
}

/** Where a transaction stands. */
export interface Place {
  readonly file: string
  readonly offset: number
}

const KEPT_BYTES = 64 << 20
/** What an array costs besides its bytes. */
const OVERHEAD_BYTES = 128

interface Node extends ZnodeState {
  readonly kind?: ZnodeKind
  readonly owner?: bigint
  readonly ttlMs?: bigint
}

export type WatchedZnodes = ReturnType<typeof watchZnodes>

export function watchZnodes({ watched, recursive, data, keptBytes = KEPT_BYTES }: WatchOptions) {
  const nodes = new Map<string, Node>()
  const owned = new Map<bigint, Set<string>>()
  const kept = new Map<string, number>()
  const acls = aclPool()
  let keptNow = 0
  let forgotten = 0
  let settled = false

  const nameOf = (text: Text): string | undefined => {
    const name = text === null ? undefined : textOf(text)
    return name !== undefined && watched(name) ? name : undefined
  }

  const valueParts = (bytes: Uint8Array | null): Pick<ZnodeState, 'data' | 'dataBytes'> => ({
    // the batch's memory is used again
    ...(data ? { data: bytes === null ? null : bytes.slice() } : {}),
    dataBytes: bytes?.length ?? null,
  })

  const put = (name: string, node: Node) => {
    drop(name)
    nodes.set(name, node)
    if (node.owner !== undefined) {
      const mine = owned.get(node.owner)
      if (mine === undefined) owned.set(node.owner, new Set([name]))
      else mine.add(name)
    }
    if (node.data) {
      const size = node.data.length + OVERHEAD_BYTES
      kept.set(name, size)
      keptNow += size
    }
    for (const [oldest, size] of kept) {
      if (keptNow <= keptBytes) break
      const { data: _, ...rest } = nodes.get(oldest)!
      nodes.set(oldest, rest)
      kept.delete(oldest)
      keptNow -= size
      forgotten++
    }
  }

  const drop = (name: string): Node | undefined => {
    const node = nodes.get(name)
    if (node?.owner !== undefined) {
      const mine = owned.get(node.owner)
      mine?.delete(name)
      if (mine?.size === 0) owned.delete(node.owner)
    }
    nodes.delete(name)
    keptNow -= kept.get(name) ?? 0
    kept.delete(name)
    return node
  }

  const create = (
    name: string,
    body: TxnBody & { readonly acl: AclList; readonly data: Uint8Array | null },
    by: bigint,
  ): Change => {
    settled = true
    const unrecordedEnd = nodes.has(name)
    const kind = kindOf(body)
    const state = { ...valueParts(body.data), version: 0, acl: acls(body.acl), aversion: 0 }
    const traits = {
      kind,
      ...(kind === 'ephemeral' ? { owner: by } : {}),
      ...(body.kind === 'createTTL' ? { ttlMs: body.ttlMs } : {}),
      version: 0,
    }
    put(name, { ...state, ...traits })
    const change = { path: name, change: 'created', ...traits, before: null, after: state } as const
    return unrecordedEnd ? { ...change, unrecordedEnd } : change
  }

  const remove = (name: string, cause: (node: Node | undefined) => Cause): Change => {
    settled = true
    const node = drop(name)
    const { kind, owner, ttlMs, ...before } = node ?? {}
    return { path: name, change: 'deleted', cause: cause(node), ...traitsOf(node), before, after: null }
  }

  /** `part`: the fields that change. */
  const set = (name: string, change: 'data' | 'acl', part: ZnodeState): Change => {
    const node = nodes.get(name) ?? {}
    const next = { ...node, ...part }
    put(name, next)
    return { path: name, change, ...traitsOf(next), before: fieldsOf(node, part), after: part }
  }

  const operation = (type: number, body: TxnBody, by: bigint, inMulti: boolean): Change | undefined => {
    const name = 'path' in body ? nameOf(body.path) : undefined
    if (name === undefined) return undefined
    switch (body.kind) {
      case 'create':
      case 'createContainer':
      case 'createTTL':
        return create(name, body, by)
      case 'setData':
        return set(name, 'data', { ...valueParts(body.data), version: body.version })
      case 'setACL':
        return set(name, 'acl', { acl: acls(body.acl), aversion: body.version })
      case 'delete':
        return remove(name, (node) => (type === OP.deleteContainer ? cleanUp(node) : inMulti ? 'multi' : 'explicit'))
      default:
        return undefined
    }
  }

  const closeSession = ({ header, body }: Txn): Change[] => {
    const listed = body.kind === 'closeSession' ? (body.paths ?? []).map(nameOf) : []
    const names = new Set([...listed.filter((name) => name !== undefined), ...(owned.get(header.session) ?? [])])
    const cause = sessionEnd(header.cxid)
    return [...names].map((name) => remove(name, () => cause))
  }

  return {
    /** What a transaction changes, in order. */
    apply(txn: Txn, place: Place): ZnodeEvent[] {
      const { zxid, timeMs, session, cxid, type } = txn.header
      const head = { zxid, timeMs, session, cxid, ...place }
      if (type === OP.closeSession) {
        return closeSession(txn).map((change) => ({ ...head, type, inMulti: false, ...change }))
      }
      const inMulti = type === OP.multi
      const ops = appliedOps(type, txn.body)
      const events: ZnodeEvent[] = []
      let deleted: ReadonlySet<string> | undefined
      for (const op of ops) {
        const change = operation(op.type, op.body, session, inMulti)
        if (change === undefined) continue
        if (change.cause === 'multi') deleted ??= deletedPaths(ops)
        const withParent = change.cause === 'multi' && deleted!.has(parentOf(change.path))
        events.push({ ...head, type: op.type, inMulti, ...change, ...(withParent ? { withParent } : {}) })
      }
      return events
    },
    owns: (session: bigint): boolean => owned.has(session),
    /** Whether any znode below the path may be an ephemeral that was created before these logs. */
    mayHoldUnknown: (): boolean => recursive || !settled,
    forgotten: (): number => forgotten,
  }
}

type Change = Pick<
  ZnodeEvent,
  'path' | 'change' | 'cause' | 'unrecordedEnd' | 'kind' | 'owner' | 'ttlMs' | 'version' | 'before' | 'after'
>

function kindOf(body: TxnBody): ZnodeKind {
  if (body.kind === 'createContainer') return 'container'
  if (body.kind === 'createTTL') return 'ttl'
  return body.kind === 'create' && body.ephemeral ? 'ephemeral' : 'persistent'
}

function cleanUp(node: Node | undefined): Cause {
  return node?.kind === 'container' || node?.kind === 'ttl' ? node.kind : 'container-or-ttl'
}

function traitsOf({ kind, owner, ttlMs, version }: Node = {}): Pick<Node, 'kind' | 'owner' | 'ttlMs' | 'version'> {
  return {
    ...(kind === undefined ? {} : { kind }),
    ...(owner === undefined ? {} : { owner }),
    ...(ttlMs === undefined ? {} : { ttlMs }),
    ...(version === undefined ? {} : { version }),
  }
}

/** Those fields of a state that `part` has. */
function fieldsOf(node: Node, part: ZnodeState): ZnodeState {
  return Object.fromEntries(Object.entries(node).filter(([field]) => field in part))
}

function deletedPaths(ops: readonly AppliedOp[]): ReadonlySet<string> {
  return new Set(ops.flatMap(({ body }) => (body.kind === 'delete' && body.path !== null ? [textOf(body.path)] : [])))
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/'
}

/** One copy of each list that is in use; most znodes share a few. */
function aclPool(): (acl: AclList) => AclList {
  const pool = new Map<string, AclList>()
  return (acl) => {
    if (acl === null) return null
    const copy = acl.map(({ perms, scheme, id }) => ({
      perms,
      scheme: scheme?.slice() ?? null,
      id: id?.slice() ?? null,
    }))
    const key = JSON.stringify(copy.map(({ perms, scheme, id }) => [perms, scheme && textOf(scheme), id && textOf(id)]))
    const known = pool.get(key)
    if (known === undefined && pool.size < MOST_ACLS) pool.set(key, copy)
    return known ?? copy
  }
}

const MOST_ACLS = 10_000
