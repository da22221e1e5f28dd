/* What snapshots and logs will need on disk, by what a configuration keeps. */
import type { SizingFacts } from './facts.ts'
import type { Profile } from './profile.ts'
import { logSpace, MIB, mib, type Retention, snapCount, snapshotSpace } from './sizing.ts'

export interface SpaceInputs {
  readonly profile: Profile
  readonly facts: SizingFacts
  /** What the user sets, by key. */
  readonly set: ReadonlyMap<string, string>
}

const DEFAULT_STEP_KIB = 65_536

/** Space between purges; provide twice that. Undefined: not known. */
export function dataSpaceOf(inputs: SpaceInputs): number | undefined {
  return snapshotSpace(inputs.facts, retentionOf(inputs))
}

export function logSpaceOf(inputs: SpaceInputs): number {
  return logSpace(inputs.facts, retentionOf(inputs))
}

/** How large volumes for snapshots and for logs should be: never below what the profile asks for. */
export function volumesOf(inputs: SpaceInputs): { readonly dataBytes: number; readonly logBytes: number } {
  const whole = (bytes: number) => Math.ceil(bytes / (1024 * MIB)) * 1024 * MIB
  return {
    dataBytes: whole(Math.max(inputs.profile.dataSpaceBytes, 2 * (dataSpaceOf(inputs) ?? 0))),
    logBytes: whole(Math.max(inputs.profile.logSpaceBytes, 2 * logSpaceOf(inputs))),
  }
}

/** Whether dataLogDir's device is known to be smaller than twice what its logs take. */
export function isLogDeviceSmall(inputs: SpaceInputs): boolean {
  const { logDeviceBytes } = inputs.facts
  return logDeviceBytes !== null && logDeviceBytes < 2 * logSpaceOf(inputs)
}

export function logSpaceReason(inputs: SpaceInputs): string {
  const { logDeviceBytes } = inputs.facts
  const needed = `They take up to ${mib(logSpaceOf(inputs))} between purges: provide twice that.`
  if (logDeviceBytes === null) return needed
  return `${needed} The device holds ${mib(logDeviceBytes)}${isLogDeviceSmall(inputs) ? ', which is too little' : ''}.`
}

function retentionOf({ profile, facts, set }: SpaceInputs): Retention {
  // what is no number is for config lint to say
  const number = (key: string, standard: number) => {
    const value = Number(set.get(key) ?? profile.settings[key]?.value ?? standard)
    return Number.isFinite(value) ? value : standard
  }
  const base = profile.settings.snapCount?.value ?? '100000'
  const sized = snapCount(base, facts)?.value ?? Number(base)
  return {
    // servers take less than 2 for 2
    snapCount: Math.max(2, set.has('snapCount') ? number('snapCount', sized) : sized),
    // servers keep three at least
    retained: Math.max(3, number('autopurge.snapRetainCount', 3)),
    // where nothing is purged somebody looks once a day
    purgeHours: number('autopurge.purgeInterval', 0) > 0 ? number('autopurge.purgeInterval', 0) : 24,
    preAllocBytes: Math.max(0, number('preAllocSize', DEFAULT_STEP_KIB)) * 1024,
  }
}
