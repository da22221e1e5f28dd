/*
 * What the ephemeralOwner of a stat says (EphemeralType):
 *
 *   0                    persistent
 *   0x8000000000000000   container (3.5.1+)
 *   0xff0000vvvvvvvvvv   TTL node, v milliseconds (3.5.4+, written with extendedTypesEnabled only)
 *   anything else        ephemeral: the session's id
 *
 * A session id of server 255 begins with 0xff as well, but its next two bytes are those of a clock: zero for five hours
 * every 35 years.
 */
export type NodeKind = 'persistent' | 'ephemeral' | 'container' | 'ttl'

export const NODE_KINDS = ['persistent', 'ephemeral', 'container', 'ttl'] as const

export const CONTAINER_OWNER = -(1n << 63n)
const TTL_MARK = 0xff0000n

/** `owner`: signed or unsigned. */
export function nodeKind(owner: bigint): NodeKind {
  if (owner === 0n) return 'persistent'
  const unsigned = BigInt.asUintN(64, owner)
  if (unsigned === 1n << 63n) return 'container'
  return unsigned >> 40n === TTL_MARK ? 'ttl' : 'ephemeral'
}

/** The time to live of a TTL node in milliseconds. */
export function ttlMs(owner: bigint): number {
  return Number(BigInt.asUintN(40, owner))
}
