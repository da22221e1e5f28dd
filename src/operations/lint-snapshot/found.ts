import type { Finding } from '../../support/finding.ts'

/** Of one code; the others are counted. */
const MOST_LISTED = 100

/** How many findings of a code are not listed. */
export interface Omitted {
  readonly code: string
  readonly count: number
}

/** Findings of a tree of any size: the first hundred of each code, the rest as a number. */
export class Found {
  private readonly byCode = new Map<string, { readonly listed: Finding[]; count: number }>()

  add(code: string, make: () => Omit<Finding, 'code'>): void {
    let all = this.byCode.get(code)
    if (all === undefined) this.byCode.set(code, (all = { listed: [], count: 0 }))
    all.count++
    if (all.listed.length < MOST_LISTED) all.listed.push({ code, ...make() })
  }

  findings(): readonly Finding[] {
    return [...this.byCode.values()].flatMap(({ listed }) => listed)
  }

  omitted(): readonly Omitted[] {
    return [...this.byCode]
      .map(([code, { listed, count }]) => ({ code, count: count - listed.length }))
      .filter(({ count }) => count > 0)
  }
}
