import type { RollKind } from './work.ts'

/** Nothing but a restart. */
export async function restartKind(): Promise<RollKind> {
  return { kind: 'roll restart', verb: 'restart' }
}
