/* What can be seen of members that run on this machine, beyond what they say: how full their disks are. */
import { statfs } from 'node:fs/promises'
import { hostname, networkInterfaces } from 'node:os'
import type { ObservedMember } from '../../cluster/observe/model.ts'
import { memberKey } from '../ensemble/overview.ts'

export interface Disk {
  readonly directory: string
  readonly usedPercent: number
  readonly freeBytes: number
}

/** Disks of the data and log directories that they tell (conf, AdminServer), by member. */
export async function localDisks(members: readonly ObservedMember[]): Promise<ReadonlyMap<string, readonly Disk[]>> {
  const here = ownNames()
  const found = await Promise.all(
    members
      .filter(({ place }) => here.has(place.host))
      .map(async (member) => [memberKey(member), await disksOf(member)] as const),
  )
  return new Map(found)
}

/** What this machine is called. */
export function ownNames(): ReadonlySet<string> {
  const addresses = Object.values(networkInterfaces()).flatMap((all) => all?.map(({ address }) => address) ?? [])
  return new Set(['localhost', hostname(), ...addresses])
}

async function disksOf({ answer }: ObservedMember): Promise<readonly Disk[]> {
  const told = ['dataDir', 'dataLogDir'].map((name) => answer?.settings.get(name))
  const directories = [...new Set(told.filter((directory) => directory !== undefined))]
  const disks = await Promise.all(directories.map(diskOf))
  return disks.filter((disk) => disk !== null)
}

/** Null where the directory is not to be seen from here. */
async function diskOf(directory: string): Promise<Disk | null> {
  try {
    const { blocks, bfree, bavail, bsize } = await statfs(directory)
    // what only root may use counts as used, as df has it
    const used = blocks - bfree
    if (used + bavail <= 0) return null
    return { directory, usedPercent: (used * 100) / (used + bavail), freeBytes: bavail * bsize }
  } catch {
    return null
  }
}
