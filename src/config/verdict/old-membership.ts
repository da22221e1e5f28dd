/* Servers, groups and weights as 3.4 reads them: with the other keys, checked at the end, myid only for an ensemble. */

import { longMapOrder } from '../java/hash-order.ts'
import type { Resolved } from '../java/inet.ts'
import { configError, illegalArgument, javaPath } from '../java/values.ts'
import type { Release } from '../release.ts'
import { readMyId } from './identity.ts'
import { isGrouping, numberBehindDot, readGrouping, weighGroups } from './membership.ts'
import { parseServerLine, type ServerSpec } from './server-line.ts'
import type { Problem } from './verdict.ts'

export class OldMembership {
  private readonly voters = new Map<bigint, ServerSpec>()
  private readonly observers = new Map<bigint, ServerSpec>()
  private readonly groups = new Map<bigint, bigint>()
  private readonly weights = new Map<bigint, bigint>()

  line(key: string, value: string, context: { release: Release; lookup: (host: string) => Resolved }): void {
    if (isGrouping(key)) {
      readGrouping(key, value, this.groups, this.weights)
      return
    }
    const id = numberBehindDot(key)
    const server = parseServerLine(id, value, { ...context, multiAddress: false, canonicalize: false })
    const members = server.role === 'observer' ? this.observers : this.voters
    members.set(id, server)
  }

  check(
    values: ReadonlyMap<string, unknown>,
    myid: (dataDir: string) => { readonly line: string | null } | Problem,
  ): void {
    if (this.voters.size < 2) {
      if (this.observers.size === 0) return
      const what = this.voters.size === 0 ? 'participants' : 'quorum'
      throw illegalArgument(`Observers w/o ${what} is an invalid configuration`)
    }
    for (const key of ['initLimit', 'syncLimit']) {
      if ((values.get(key) ?? 0) === 0) throw illegalArgument(`${key} is not set`)
    }
    if ((values.get('electionAlg') ?? 3) !== 0) {
      for (const id of longMapOrder(this.voters.keys())) {
        if (this.voters.get(id)!.addresses[0]!.electionPort !== null) continue
        throw illegalArgument(`Missing election port for server: ${id}`)
      }
    }
    if (this.groups.size > 0) {
      if (this.voters.size !== this.groups.size) throw configError('Every server must be in exactly one group')
      for (const id of this.voters.keys()) if (!this.weights.has(id)) this.weights.set(id, 1n)
      weighGroups(this.groups, this.weights)
    }
    const dataDir = values.get('dataDir') as string
    const state = myid(dataDir)
    if (state === 'missing' || state === 'hidden')
      throw illegalArgument(`${javaPath(`${dataDir}/myid`)} file is missing`)
    readMyId(state, dataDir)
  }
}
