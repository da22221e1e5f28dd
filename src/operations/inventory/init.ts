/*
 * config inventory init:
 *
 * 1. Members are read from a zoo.cfg or from the files of all members, or running members are asked (init-live.ts).
 * 2. They are put into the inventory; what stands there stays (config/inventory/merge.ts).
 * 3. The plan writes the file; the old one stays beside it.
 */
import { existsSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { addressText } from '../../config/inventory/connect.ts'
import { aloneAddress, aroundMember, serversOf } from '../../config/inventory/from-config.ts'
import type { InventoryServer } from '../../config/inventory/inventory.ts'
import { type KnownEnsemble, mergedInventory, newInventory } from '../../config/inventory/merge.ts'
import { type Member, memberId } from '../../config/member.ts'
import type { Change } from '../../support/change.ts'
import { ZkopsError } from '../../support/errors.ts'
import { diffOf, draftOf, writingChange } from '../generate-config/write.ts'
import type { FileDiff } from '../zoo-cfg/fmt.ts'
import { loadMember } from '../zoo-cfg/load.ts'
import { configsAt } from '../zoo-cfg/places.ts'
import { readable } from '../zoo-cfg/read-member.ts'
import { findInventory, INVENTORY_NAME, readInventory } from './read.ts'
import { type SearchPlace, searchPlace } from './search-place.ts'
import type { LiveOptions } from './target.ts'

export interface InitOptions {
  /** A zoo.cfg, or a folder of members' folders. */
  readonly config?: string | undefined
  /** Whom to ask instead. */
  readonly live?: LiveOptions | undefined
  /** The entry's name; undefined: `main` in a new file. */
  readonly ensemble?: string | undefined
  /** The file to write; undefined: the one that is found, else zkops.yaml here. */
  readonly inventory?: string | undefined
}

export interface PlannedInit {
  readonly change: Change
  readonly diffs: readonly FileDiff[]
}

const NEW_NAME = 'main'

/** Throws `usage`, `input.*`, `refused.*`. */
export async function planInit(
  options: InitOptions,
  signal: AbortSignal,
  place: SearchPlace = searchPlace(),
): Promise<PlannedInit> {
  const { config, live } = options
  const file = options.inventory ?? findInventory(place) ?? INVENTORY_NAME
  const name = nameOf(options.ensemble, file)
  const { known, findings } =
    config !== undefined
      ? { known: knownFrom(config, name), findings: [] }
      : await (await import('./init-live.ts')).knownLive(live!, name, signal)
  const text = existsSync(file) ? merged(file, known) : newInventory(known)
  const draft = draftOf(file, text)
  const drafts = draft === undefined ? [] : [draft]
  const base = {
    ensemble: name,
    config: config ?? null,
    connect: live?.connect ?? null,
    servers: known.servers.map(({ id }) => id),
  }
  return {
    change: writingChange('config inventory init', drafts, base, dirname(file), findings),
    diffs: drafts.map((one) => diffOf(one)[0] ?? { file, before: [], after: text.trimEnd().split('\n') }),
  }
}

function nameOf(name: string | undefined, file: string): string {
  if (name === undefined && existsSync(file)) {
    throw new ZkopsError('usage', `${file} is there: it is not said which ensemble of it is meant`, {
      hint: 'Give --ensemble with the name of a new entry, or of the one to bring up to date.',
    })
  }
  const chosen = name ?? NEW_NAME
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(chosen)) return chosen
  throw new ZkopsError('usage', `${chosen} is no name: expected letters, digits and . _ -`)
}

/** Throws `input.malformed` when the file, or the entry, is wrong already. */
function merged(file: string, known: KnownEnsemble): string {
  const inventory = readInventory(file)
  if (inventory.names.includes(known.name)) inventory.ensemble(known.name)
  return mergedInventory(readFileSync(file, 'utf8'), inventory.yaml, known)
}

/** What one file says about all members, and the others about themselves. */
function knownFrom(config: string, name: string): KnownEnsemble {
  const members = configsAt(config).map(({ file }) => readable(loadMember(file)).member)
  const servers = members.reduce(withMember, [] as readonly InventoryServer[])
  const connect = members.flatMap(aloneAddress).map(addressText).join(',')
  if (servers.length === 0 && connect === '') {
    throw new ZkopsError('usage', `${config} names no members and no client port`)
  }
  return { name, zookeeper: null, connect: servers.length === 0 ? connect : null, servers }
}

/** A member has the last word about itself. */
function withMember(known: readonly InventoryServer[], member: Member): readonly InventoryServer[] {
  const said = serversOf(member.ensemble, aroundMember(member))
  const own = memberId(member)
  const rest = said.filter(({ id }) => !known.some((one) => one.id === id))
  return [...known, ...rest].map((one) => (BigInt(one.id) === own ? said.find(({ id }) => id === one.id)! : one))
}
