/** Release lines that are known here, oldest first, with the newest release of each. */
export const RELEASE_LINES = ['3.4', '3.5', '3.6', '3.7', '3.8', '3.9'] as const

export type ReleaseLine = (typeof RELEASE_LINES)[number]

export const NEWEST_LINE = '3.9' satisfies ReleaseLine

const NEWEST_PATCH: Readonly<Record<ReleaseLine, number>> = {
  '3.4': 14,
  '3.5': 10,
  '3.6': 4,
  '3.7': 2,
  '3.8': 6,
  '3.9': 5,
}

/** A release that a verdict is for: `3.8` is the newest release of that line. */
export interface Release {
  /** As it was asked for. */
  readonly name: string
  readonly line: ReleaseLine
  readonly minor: number
  readonly patch: number
}

/** Undefined for anything that is no release from 3.4 to 3.9. */
export function releaseOf(name: string): Release | undefined {
  const match = /^3\.(\d+)(?:\.(\d+))?$/.exec(name)
  const line = match === null ? undefined : RELEASE_LINES.find((known) => known === `3.${match[1]}`)
  if (match === null || line === undefined) return undefined
  return { name, line, minor: Number(match[1]), patch: Number(match[2] ?? NEWEST_PATCH[line]) }
}

/**
 * Whether a release has what came with `since`. With several (`3.5.10 3.6.0`: the first release of each branch that
 * has it), the one of its own line counts, else the earliest.
 */
export function isSince(release: Release, since: string): boolean {
  const firsts = since.split(' ').map((first) => first.split('.').map(Number) as [number, number, number?])
  const [, minor, patch = 0] = firsts.find(([, of]) => of === release.minor) ?? firsts[0]!
  return release.minor !== minor ? release.minor > minor : release.patch >= patch
}
