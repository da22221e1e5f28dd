/*
 * Maintenance of an ensemble: the silence of its health checks, with what was going on before. There is one state for
 * both, so that neither can say yes while the other says no.
 */
import type { LiveOptions, Target } from '../inventory/target.ts'
import { findTarget } from '../inventory/target.ts'
import { activeSilence, type Silence, silenceHealth, stateOf } from './silence.ts'

export interface MaintenanceOptions extends LiveOptions {
  readonly state: string | undefined
}

export interface MaintenanceResult {
  readonly ensemble: string
  readonly file: string
  /** Null: none, now. */
  readonly maintenance: Silence | null
  /** What went on until now and does no longer. */
  readonly ended: Silence | null
}

/** Throws `usage`, `stopped.output`. */
export const startMaintenance = (
  options: MaintenanceOptions & { readonly forMs: number; readonly why: string },
): Promise<MaintenanceResult> => change({ ...options, end: false })

/** Throws `usage`, `stopped.output`. */
export const endMaintenance = (options: MaintenanceOptions): Promise<MaintenanceResult> =>
  change({ ...options, forMs: undefined, why: undefined, end: true })

async function change(options: Parameters<typeof silenceHealth>[0]): Promise<MaintenanceResult> {
  const ended = await maintenanceOf((await findTarget(options)).target, options.state)
  const { ensemble, file, silence } = await silenceHealth(options)
  return { ensemble, file, maintenance: silence, ended }
}

/** What goes on at this moment, for whoever acts on an ensemble; null for servers that no inventory names, too. */
export async function maintenanceOf(target: Target, given?: string): Promise<Silence | null> {
  const state = stateOf(target, given)
  return state === undefined ? null : activeSilence(state, new Date())
}
