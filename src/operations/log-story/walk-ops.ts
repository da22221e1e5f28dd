/*
 * The operations of a record by walking over its fields: no object is made. Every record here is one whose body the
 * kernel has found whole; what is inside a multi is not proven by that.
 */
import { bodyStopAt } from '../../formats/kernel/body.ts'
import { OP } from '../../formats/txnlog/ops.ts'

/** Gets an operation's type and where its body lies. */
export type VisitOp = (type: number, body: number) => void

/** The record's body lies in [at, end). Returns false for a multi that failed, whose operations may have been visited. */
export function walkOps(view: DataView, type: number, at: number, end: number, visit: VisitOp): boolean {
  if (type !== OP.multi) {
    visit(type, at)
    return true
  }
  let next = at + 4
  for (let left = view.getInt32(at); left > 0; left--) {
    const op = view.getInt32(next)
    const body = next + 8
    next = body + Math.max(0, view.getInt32(next + 4))
    if (op === OP.error) return false
    if (bodyStopAt(view, op, body, next, end - at) === undefined) visit(op, body)
  }
  return true
}

/** How many ephemerals a record creates; undefined for a multi that failed. */
export function ephemeralCreates(view: DataView, type: number, at: number, end: number): number | undefined {
  let created = 0
  const applied = walkOps(view, type, at, end, (op, body) => {
    if ((op === OP.create || op === OP.create2) && createsEphemeral(view, body)) created++
  })
  return applied ? created : undefined
}

/** Whether a record may delete a znode whose path is one of `paths`. */
export function mayDelete(
  bytes: Uint8Array,
  view: DataView,
  type: number,
  at: number,
  end: number,
  paths: { has(path: string): boolean },
): boolean {
  let found = false
  walkOps(view, type, at, end, (op, body) => {
    if (found || (op !== OP.delete && op !== OP.deleteContainer)) return
    const length = Math.max(0, view.getInt32(body))
    found = paths.has(Buffer.from(bytes.buffer, bytes.byteOffset + body + 4, length).toString())
  })
  return found
}

/** path data acl ephemeral:boolean … */
function createsEphemeral(view: DataView, body: number): boolean {
  let at = body
  const skip = () => {
    at += 4 + Math.max(0, view.getInt32(at))
  }
  skip()
  skip()
  let entries = view.getInt32(at)
  at += 4
  for (; entries > 0; entries--) {
    at += 4
    skip()
    skip()
  }
  return view.getUint8(at) !== 0
}
