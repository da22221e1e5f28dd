import * as Flags from '@oclif/core/flags'
import type { BuildMoment } from '../support/moment.ts'
import { parseId64 } from './flags.ts'
import { parseTreeMoment } from './tree-flags.ts'

/** A moment of the tree's history, `before 0x…` or `before delete /path`. */
export const buildMoment = Flags.custom<BuildMoment>({
  helpValue: '<moment>',
  parse: async (input) => parseBuildMoment(input, Date.now()),
})

export function parseBuildMoment(input: string, nowMs: number): BuildMoment {
  const path = /^before\s+delete\s+(\/.*)$/s.exec(input)?.[1]
  if (path !== undefined) return { kind: 'before-delete', path }
  const next = /^before\s+(\S+)$/.exec(input)?.[1]
  if (next !== undefined) return { kind: 'before', zxid: parseId64(next) }
  return { kind: 'at', at: parseTreeMoment(input, nowMs) }
}
