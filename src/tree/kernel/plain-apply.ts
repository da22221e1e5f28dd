/* assembly/apply.ts in JavaScript, on decoded transactions: DataTree.processTxn and what it calls. */
import { encodeBody } from '../../formats/txnlog/encode.ts'
import { OP } from '../../formats/txnlog/ops.ts'
import type { AclList, MultiTxn, Text, Txn, TxnBody, TxnHeader } from '../../formats/txnlog/types.ts'
import { RULE } from '../rules.ts'
import type { PlainAcls } from './plain-acls.ts'
import type { PlainNode, PlainNodes } from './plain-nodes.ts'
import type { ValuePlace } from './tree-kernel.ts'

type Outcome = 'ok' | 'noNode' | 'nodeExists' | 'unreadable'
type PlaceOf = (data: Uint8Array) => ValuePlace

const NULL_VALUE: ValuePlace = { length: -1, source: 0, offset: 0 }
const CONTAINER = -(1n << 63n)
const TTL = 0xffn << 56n

export function plainApply(nodes: PlainNodes, acls: PlainAcls, sessions: Map<bigint, number>, rules: number) {
  const has = (rule: number) => (rules & rule) !== 0
  const ignored = { noNode: 0, nodeExists: 0, unreadable: 0, leftOut: 0 }
  let listMissingAt: bigint | null = null
  let header: TxnHeader = { session: 0n, cxid: 0, zxid: 0n, timeMs: 0n, type: 0 }
  let placeOf: PlaceOf = () => NULL_VALUE

  const count = (outcome: Outcome) => {
    if (outcome !== 'ok') ignored[outcome]++
  }
  const checkList = ({ acl }: PlainNode) => {
    if (acl !== -1n && !acls.lists.has(acl)) listMissingAt ??= header.zxid
  }
  const place = (data: Uint8Array | null) => (data === null ? NULL_VALUE : placeOf(data))
  /** cversion and pzxid of a parent: -1 is one more than it has. */
  const setCversion = (node: PlainNode, parentCversion: number, onlyUp: boolean) => {
    const { stat } = node
    const cversion = parentCversion === -1 ? stat.cversion + 1 : parentCversion
    if (onlyUp && cversion <= stat.cversion) return
    stat.cversion = cversion
    stat.pzxid = header.zxid
    nodes.changed(node)
  }
  const setPzxid = (node: PlainNode) => {
    node.stat.pzxid = header.zxid
    nodes.changed(node)
  }

  function create(
    path: string,
    data: Uint8Array | null,
    acl: AclList,
    owner: bigint,
    parentCversion: number,
    first: boolean,
  ): Outcome {
    const slash = path.lastIndexOf('/')
    if (slash < 0) return 'unreadable'
    const parent = nodes.get(path.slice(0, slash))
    if (parent === undefined) return 'noNode'
    checkList(parent)
    const name = path.slice(slash + 1)
    let list = has(RULE.aclFirst) ? acls.convert(listOf(acl)) : -1n
    const existing = nodes.get(path)
    if (has(RULE.existsByPath) ? existing !== undefined : parent.children.has(name)) {
      if (has(RULE.aclRepair)) existing!.acl = list
      if (first || has(RULE.adjustAll)) setCversion(parent, parentCversion, true)
      return 'nodeExists'
    }
    setCversion(parent, parentCversion, has(RULE.cversionUp))
    if (!has(RULE.aclFirst)) list = acls.convert(listOf(acl))
    if (existing !== undefined) nodes.remove(existing)
    parent.children.add(name)
    const { zxid, timeMs } = header
    const times = { czxid: zxid, mzxid: zxid, pzxid: zxid, ctime: timeMs, mtime: timeMs }
    const stat = { ...times, version: 0, cversion: 0, aversion: 0, ephemeralOwner: owner }
    nodes.put(path, list, stat, data, place(data))
    return 'ok'
  }

  function remove(path: string): Outcome {
    const slash = path.lastIndexOf('/')
    if (slash < 0) return 'unreadable'
    const parent = nodes.get(path.slice(0, slash))
    const name = path.slice(slash + 1)
    if (has(RULE.parentFirst)) {
      if (parent === undefined) return 'noNode'
      parent.children.delete(name)
      if (header.zxid > parent.stat.pzxid) setPzxid(parent)
    }
    const node = nodes.get(path)
    if (node === undefined) return 'noNode'
    if (has(RULE.parentFirst)) {
      checkList(node)
      checkList(parent!)
    }
    acls.release(node.acl)
    nodes.remove(node)
    if (parent === undefined) return 'noNode'
    if (!has(RULE.parentFirst)) {
      parent.children.delete(name)
      setPzxid(parent)
    }
    return 'ok'
  }

  function setData(path: string, data: Uint8Array | null, version: number): Outcome {
    const node = nodes.get(path)
    if (node === undefined) return 'noNode'
    checkList(node)
    node.stat.mtime = header.timeMs
    node.stat.mzxid = header.zxid
    node.stat.version = version
    nodes.setValue(node, data, place(data))
    return 'ok'
  }

  function setAcl(path: string, acl: AclList, version: number): Outcome {
    const node = nodes.get(path)
    if (node === undefined) return 'noNode'
    acls.release(node.acl)
    node.stat.aversion = version
    node.acl = acls.convert(listOf(acl))
    nodes.changed(node)
    return 'ok'
  }

  function killSession(session: bigint): void {
    const paths = nodes.ephemerals.get(session)
    nodes.ephemerals.delete(session)
    for (const path of paths ?? []) count(remove(path))
  }

  function multi({ ops }: MultiTxn): void {
    if (ops === null || ops.some(({ type }) => type === OP.error)) return
    for (const [i, { type, body }] of ops.entries()) {
      const outcome = inMulti(type) ? operation(type, body) : undefined
      if (outcome !== undefined) count(outcome)
      if (outcome !== undefined && outcome !== 'unreadable') continue
      ignored.leftOut += ops.length - i - (outcome === undefined ? 0 : 1)
      return
    }
  }

  function inMulti(type: number): boolean {
    if (type === OP.create2) return has(RULE.create2InMulti)
    if (type === OP.createContainer || type === OP.deleteContainer || type === OP.createTTL) return has(RULE.containers)
    return type === OP.create || type === OP.delete || type === OP.setData || type === OP.check
  }

  function operation(type: number, body: TxnBody): Outcome {
    switch (body.kind) {
      case 'create': {
        const owner = body.ephemeral ? header.session : 0n
        return create(pathOf(body.path), body.data, body.acl, owner, body.parentCversion ?? -1, type === OP.create)
      }
      case 'createContainer':
        return create(pathOf(body.path), body.data, body.acl, CONTAINER, body.parentCversion, false)
      case 'createTTL':
        return create(
          pathOf(body.path),
          body.data,
          body.acl,
          BigInt.asIntN(64, body.ttlMs | TTL),
          body.parentCversion,
          false,
        )
      case 'delete':
        return remove(pathOf(body.path))
      case 'setData':
        return setData(pathOf(body.path), body.data, body.version)
      case 'setACL':
        return setAcl(pathOf(body.path), body.acl, body.version)
      case 'unknown':
        return 'unreadable'
      default:
        return 'ok'
    }
  }

  return {
    ignored,
    listMissingAt: () => listMissingAt,
    delete(path: string, zxid: bigint): void {
      header = { ...header, zxid }
      remove(path)
    },
    txn(txn: Txn, places: PlaceOf): void {
      header = txn.header
      placeOf = places
      const { body } = txn
      if (body.kind === 'multi') multi(body)
      else if (body.kind === 'createSession') sessions.set(header.session, body.timeoutMs)
      else if (body.kind === 'closeSession') {
        sessions.delete(header.session)
        if (has(RULE.closeList)) for (const path of body.paths ?? []) count(remove(pathOf(path)))
        killSession(header.session)
      } else count(operation(header.type, body))
    },
  }
}

/** "/" is another name of the root; null is no path. */
function pathOf(path: Text): string {
  const text = path === null ? '?' : Buffer.from(path.buffer, path.byteOffset, path.length).toString('latin1')
  return text === '/' ? '' : text
}

/** The bytes of an access list, as setACL stores them behind an empty path. */
function listOf(acl: AclList): string | null {
  if (acl === null) return null
  const body = encodeBody({ kind: 'setACL', path: new Uint8Array(), acl, version: 0 })
  return Buffer.from(body.subarray(4, body.length - 4)).toString('latin1')
}
