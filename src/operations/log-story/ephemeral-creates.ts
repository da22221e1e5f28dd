/*
 * How many ephemerals a record creates, by walking over its fields: no object is made. Every record here is one whose
 * body the kernel has found whole; what is inside a multi is not proven by that.
 */
import { bodyStopAt } from '../../formats/kernel/body.ts'
import { OP } from '../../formats/txnlog/ops.ts'

/** `at`: the body's first byte, `end`: behind its last one. Undefined for a multi that failed. */
export function ephemeralCreates(view: DataView, type: number, at: number, end: number): number | undefined {
  if (type === OP.create || type === OP.create2) return createsEphemeral(view, at) ? 1 : 0
  if (type !== OP.multi) return 0
  let created = 0
  let next = at + 4
  for (let left = view.getInt32(at); left > 0; left--) {
    const op = view.getInt32(next)
    const size = Math.max(0, view.getInt32(next + 4))
    const body = next + 8
    next = body + size
    if (op === OP.error) return undefined
    if (op !== OP.create && op !== OP.create2) continue
    const whole = bodyStopAt(view, op, body, next, end - at) === undefined
    if (whole && createsEphemeral(view, body)) created++
  }
  return created
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
