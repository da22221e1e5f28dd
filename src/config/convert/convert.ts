/*
 * A member's files for another release or layout:
 *
 * 1. keys get names that servers read, go to java.env where only flags work, or go (keys.ts)
 * 2. server lines get client addresses, and stand in zoo.cfg or in the dynamic file (members.ts)
 * 3. what is left stays byte for byte: comments, order, keys that nobody knows
 */
import type { Member } from '../member.ts'
import type { Release } from '../release.ts'
import { rewriteProperties } from '../rewrite.ts'
import type { ConfigChange, Draft } from './changes.ts'
import { convertKeys } from './keys.ts'
import { convertMembers, type Layout } from './members.ts'

export interface ConvertInput {
  readonly member: Member
  readonly others: readonly Member[]
  readonly release: Release
  readonly layout: Layout
  readonly dynamicFile: string
  /** The text of java.env; null: there is none. */
  readonly env: string | null
}

export interface ConvertedMember {
  readonly zooCfg: Uint8Array
  /** Null: none is to be written. */
  readonly dynamic: string | null
  readonly env: string | null
  readonly changes: readonly ConfigChange[]
  /** Ids whose client port was taken for the one of this file. */
  readonly assumed: readonly bigint[]
  readonly byHand: readonly string[]
}

export function convertMember(input: ConvertInput): ConvertedMember {
  const { member, release, env } = input
  const draft: Draft = { zooCfg: new Map(), flags: new Map(), changes: [], byHand: [] }
  convertKeys(member, release, draft)
  const { dynamic, assumed } = convertMembers(input, draft)
  const zooCfg = draft.zooCfg.size === 0 ? member.properties.bytes : rewriteProperties(member.properties, draft.zooCfg)
  return { zooCfg, dynamic, env: withFlags(env, draft.flags), changes: draft.changes, assumed, byHand: draft.byHand }
}

/** Null: java.env stays as it is. */
function withFlags(env: string | null, flags: ReadonlyMap<string, string>): string | null {
  if (flags.size === 0) return null
  const before = env === null || env === '' || env.endsWith('\n') ? (env ?? '') : `${env}\n`
  const lines = [...flags].map(([flag, value]) => `SERVER_JVMFLAGS="$SERVER_JVMFLAGS ${flag}${value}"\n`)
  return `${before}# from zoo.cfg, where they have no effect\n${lines.join('')}`
}
