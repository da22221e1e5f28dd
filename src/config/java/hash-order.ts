/*
 * The order in which Java walks its hash tables. A server takes the keys of its file in this order, and the first that
 * is wrong gives the message.
 *
 * Properties (Java 9 and later) is a ConcurrentHashMap(8): a table of 16 that doubles when it is three quarters full;
 * on the way the entries of a bin are split, the last run stays, what is before it is turned round (transfer).
 * HashMap keeps the order of a bin.
 */

interface Bin<K> {
  readonly hash: number
  readonly key: K
}

/** Keys of a Properties, put in `keys` order, in the order of its entrySet. */
export function propertiesOrder(keys: Iterable<string>): string[] {
  let table: Bin<string>[][] = emptyTable(16)
  const seen = new Set<string>()
  for (const key of keys) {
    if (seen.has(key)) continue
    seen.add(key)
    const hash = spread(stringHash(key)) & 0x7fffffff
    const bin = table[hash & (table.length - 1)]!
    bin.push({ hash, key })
    // a bin of nine in a small table makes it grow as well (treeifyBin)
    if (bin.length > 8 && table.length < 64) table = transfer(table)
    while (seen.size >= table.length * 0.75) table = transfer(table)
  }
  return table.flat().map(({ key }) => key)
}

/** Keys of a HashMap<Long, …> in the order of its entrySet. */
export function longMapOrder(keys: Iterable<bigint>): bigint[] {
  return hashMapOrder(keys, (key) => {
    const bits = BigInt.asUintN(64, key)
    return Number(BigInt.asIntN(32, bits ^ (bits >> 32n)))
  })
}

/** The texts of a HashSet<String> in its order. */
export function textSetOrder(texts: Iterable<string>): string[] {
  return hashMapOrder(texts, stringHash)
}

function hashMapOrder<K>(keys: Iterable<K>, hashOf: (key: K) => number): K[] {
  const distinct = [...new Set(keys)]
  let size = 16
  while (distinct.length > size * 0.75) size *= 2
  const table: Bin<K>[][] = emptyTable(size)
  for (const key of distinct) {
    const hash = spread(hashOf(key))
    table[hash & (size - 1)]!.push({ hash, key })
  }
  return table.flat().map(({ key }) => key)
}

function emptyTable<K>(size: number): Bin<K>[][] {
  return Array.from({ length: size }, () => [])
}

function transfer<K>(table: readonly Bin<K>[][]): Bin<K>[][] {
  const size = table.length
  const next: Bin<K>[][] = emptyTable(2 * size)
  for (const [i, bin] of table.entries()) {
    let lastRun = bin.length - 1
    while (lastRun > 0 && (bin[lastRun - 1]!.hash & size) === (bin[lastRun]!.hash & size)) lastRun--
    for (const node of bin.slice(Math.max(0, lastRun))) next[i + (node.hash & size)]!.push(node)
    for (const node of bin.slice(0, Math.max(0, lastRun))) next[i + (node.hash & size)]!.unshift(node)
  }
  return next
}

function spread(hash: number): number {
  return hash ^ (hash >>> 16)
}

function stringHash(text: string): number {
  let hash = 0
  for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0
  return hash
}
