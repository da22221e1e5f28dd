const PERMS = [
  [4, 'c'],
  [8, 'd'],
  [1, 'r'],
  [2, 'w'],
  [16, 'a'],
] as const

/** Letters in the order c d r w a; the number itself when any other bit is set. */
export function permsText(perms: number): string | number {
  if (perms < 0 || perms > 31) return perms
  return PERMS.map(([bit, letter]) => (perms & bit ? letter : '')).join('')
}
