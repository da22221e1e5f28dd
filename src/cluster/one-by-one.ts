import type { Role } from './quorum.ts'

interface Servers {
  readonly servers: ReadonlyMap<number, Role>
}

/**
 * The memberships on the way from one to another when one server changes at a time: servers that vote join first, then
 * roles change, then servers leave. The last is `to`.
 */
export function oneByOne({ servers: from }: Servers, { servers: to }: Servers): ReadonlyMap<number, Role>[] {
  const ids = [...new Set([...from.keys(), ...to.keys()])].sort((a, b) => a - b)
  const joining = ids.filter((id) => !from.has(id))
  const changing = ids.filter((id) => from.has(id) && to.has(id) && from.get(id) !== to.get(id))
  const promoted = changing.filter((id) => to.get(id) === 'participant')
  const demoted = changing.filter((id) => to.get(id) === 'observer')
  const leaving = ids.filter((id) => !to.has(id))
  const path: ReadonlyMap<number, Role>[] = []
  let now = new Map(from)
  for (const id of [...joining, ...promoted, ...demoted, ...leaving]) {
    now = new Map(now)
    const role = to.get(id)
    if (role === undefined) now.delete(id)
    else now.set(id, role)
    path.push(now)
  }
  return path
}
