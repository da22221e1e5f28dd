/*
 * Where releases differ in what they do with a transaction at a restore (DataTree.createNode, deleteNode, processTxn;
 * versions by the change that brought the rule). Everything else is the same from 3.4 to 3.9:
 *
 *   create…          parent absent: ignored. Exists: ignored; for type 1 the parent's cversion and pzxid are raised to the
 *                    transaction's if that is higher (setCversionPzxid). Else the node is made new, versions 0.
 *   delete…          see PARENT_FIRST; children are not looked at and stay as orphans, cversion does not change
 *   setData, reconfig, setACL   absent: ignored; else the values of the transaction, whatever was there
 *   closeSession     the listed paths are deleted, then what else the tree knows as this session's
 *   multi            one operation of type -1: nothing is done; else each as if single, a failed one stops nothing
 *   error, check     nothing
 */

/** Bits; kernel/assembly/apply.ts has the same list. */
export const RULE = {
  /** 3.6.0 (ZOOKEEPER-3253): cversion and pzxid of a parent never go back; before, a create sets them as it is. */
  cversionUp: 1,
  /** 3.5.5 (ZOOKEEPER-3125): a delete first raises the parent's pzxid, also when the node is absent; before, an absent node changes nothing. */
  parentFirst: 2,
  /** 3.8.5, 3.9.4 (ZOOKEEPER-4846): a node exists when its path does; before, when its parent's child set has its name. */
  existsByPath: 4,
  /** 3.6.0 (ZOOKEEPER-3306): the access list of a create is counted before the node is looked for. */
  aclFirst: 8,
  /** 3.8.5, 3.9.4: a create that finds its node gives it its access list. */
  aclRepair: 16,
  /** 3.7.2, 3.8.2, 3.9.0: create2 inside multi; before, it and the rest of the multi are left out. */
  create2InMulti: 32,
  /** 3.6.0: closeSession carries its paths. */
  closeList: 64,
  /** 3.5.1: containers and TTL nodes inside multi, and at all. */
  containers: 128,
  /**
   * No release: create2, createTTL and createContainer that find their node raise the parent's cversion and pzxid too.
   * Servers do it for type 1 only, so their replay of a fuzzy range can leave both too low (and digests wrong) until the
   * next create below that parent.
   */
  adjustAll: 256,
  /**
   * Every release: closeList alone says whether a closeSession has a list, not its length. With closeList a digest
   * alone is taken for a list, and not compared; without it a list is taken for a digest.
   */
  closeByFlag: 512,
} as const

const EVERYTHING = Object.values(RULE).reduce((sum, bit) => sum | bit, 0) & ~RULE.closeByFlag

/**
 * The rules that give what the live servers had: the newest ones and adjustAll, but not existsByPath, which loses a child
 * whose parent was deleted and made again inside the range of a fuzzy snapshot (it stays in the path map but in no child
 * set).
 */
export const FAITHFUL_RULES = EVERYTHING & ~RULE.existsByPath

/** The rules of a release `x.y.z`. */
export function rulesOf(version: string): number {
  const [, minor = 0, patch = 0] = version.split('.').map(Number)
  const since = (...releases: readonly (readonly [minor: number, patch: number])[]): boolean => {
    // the first release of each line that has it; later lines have it from their start
    const same = releases.find(([line]) => line === minor)
    return same === undefined ? minor > releases.at(-1)![0] : patch >= same[1]
  }
  const bit = (rule: number, ...releases: readonly (readonly [minor: number, patch: number])[]): number =>
    since(...releases) ? rule : 0
  return (
    bit(RULE.cversionUp, [6, 0]) |
    bit(RULE.parentFirst, [5, 5]) |
    bit(RULE.existsByPath, [8, 5], [9, 4]) |
    bit(RULE.aclFirst, [6, 0]) |
    bit(RULE.aclRepair, [8, 5], [9, 4]) |
    bit(RULE.create2InMulti, [7, 2], [8, 2], [9, 0]) |
    bit(RULE.closeList, [6, 0]) |
    bit(RULE.containers, [5, 1]) |
    RULE.closeByFlag
  )
}
