/*
 * assembly/body.ts in JavaScript: whether the server's decoder would take a record's body. The layouts stand there.
 */
import { OP } from '../txnlog/ops.ts'
import { STOP, type StopKind } from './stop.ts'

/** Undefined when the server decodes the `length` bytes at `payload`, else why not. */
export function bodyStop(view: DataView, payload: number, length: number, limit: number): StopKind | undefined {
  if (length < 32) return STOP.shortBody
  const type = view.getInt32(payload + 28)
  // exists inside multi only
  if (type === OP.check) return STOP.unknownType
  return bodyStopAt(view, type, payload + 32, payload + length, limit)
}

/** The same for the body of `type` in [at, end), of a record or of an operation inside multi. */
export function bodyStopAt(
  view: DataView,
  type: number,
  start: number,
  end: number,
  limit: number,
): StopKind | undefined {
  let at = start
  const fixed = (bytes: number): StopKind | undefined => {
    if (end - at < bytes) return STOP.shortBody
    at += bytes
    return undefined
  }
  const sized = (): StopKind | undefined => {
    if (end - at < 4) return STOP.shortBody
    const size = view.getUint32(at)
    at += 4
    if (size === 0xffffffff) return undefined
    return size > limit ? STOP.badInnerLength : fixed(size)
  }
  const vector = (...element: (() => StopKind | undefined)[]): StopKind | undefined => {
    if (end - at < 4) return STOP.shortBody
    let count = view.getInt32(at)
    at += 4
    while (count-- > 0) {
      const stop = all(...element)
      if (stop !== undefined) return stop
    }
    return undefined
  }
  const perms = () => fixed(4)
  const acl = () => vector(perms, sized, sized)

  switch (type) {
    case OP.create:
      return all(sized, sized, acl, () => fixed(1))
    case OP.create2:
      return all(sized, sized, acl, () => fixed(5))
    case OP.createContainer:
      return all(sized, sized, acl, () => fixed(4))
    case OP.createTTL:
      return all(sized, sized, acl, () => fixed(12))
    case OP.delete:
    case OP.deleteContainer:
      return sized()
    case OP.check:
      return all(sized, () => fixed(4))
    case OP.setData:
    case OP.reconfig:
      return all(sized, sized, () => fixed(4))
    case OP.setACL:
      return all(sized, acl, () => fixed(4))
    case OP.multi:
      return vector(() => fixed(4), sized)
    case OP.error:
    case OP.createSession:
      return fixed(4)
    case OP.closeSession: {
      const stop = vector(sized)
      return stop === STOP.shortBody ? undefined : stop
    }
    default:
      return STOP.unknownType
  }
}

function all(...parts: (() => StopKind | undefined)[]): StopKind | undefined {
  for (const part of parts) {
    const stop = part()
    if (stop !== undefined) return stop
  }
  return undefined
}
