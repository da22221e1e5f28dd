import * as Flags from '@oclif/core/flags'
import { LIVE } from './live-flags.ts'

/** What `ensemble sessions`, `connections` and `watches` take. */
export const CLIENTS = {
  ...LIVE,
  top: Flags.integer({ summary: 'How many are shown.', min: 1, max: 100_000, default: 20 }),
}

export const HEAVY = (what: string) =>
  Flags.boolean({ summary: `${what} A big server is held up while it answers, so never regularly.` })
