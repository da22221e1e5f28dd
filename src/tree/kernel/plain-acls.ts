/** ReferenceCountedACLCache, with its three maps; a list is its bytes as a string. */
export interface PlainAcls {
  /** The list of an id, if there is one. */
  readonly lists: Map<bigint, string>
  add(id: bigint, list: string): void
  /** The id of a list, counted as used once more. */
  convert(list: string | null): bigint
  use(id: bigint): void
  release(id: bigint): void
  purge(): void
}

/** The id of a null list: open to everyone. */
const OPEN = -1n

export function plainAcls(): PlainAcls {
  const lists = new Map<bigint, string>()
  const ids = new Map<string, bigint>()
  const uses = new Map<bigint, number>()
  let last = 0n
  const forget = (id: bigint) => {
    ids.delete(lists.get(id)!)
    lists.delete(id)
    uses.delete(id)
  }
  const use = (id: bigint) => {
    if (lists.has(id)) uses.set(id, (uses.get(id) ?? 0) + 1)
  }
  return {
    lists,
    use,
    add(id, list) {
      if (id > last) last = id
      lists.set(id, list)
      ids.set(list, id)
      uses.set(id, 0)
    },
    convert(list) {
      if (list === null) return OPEN
      let id = ids.get(list)
      if (id === undefined) {
        id = ++last
        lists.set(id, list)
        ids.set(list, id)
      }
      use(id)
      return id
    },
    release(id) {
      if (!lists.has(id)) return
      const count = uses.get(id)! - 1
      uses.set(id, count)
      if (count <= 0) forget(id)
    },
    purge() {
      for (const [id, count] of uses) if (count <= 0) forget(id)
    },
  }
}
