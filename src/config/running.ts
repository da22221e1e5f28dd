/* A member's files held against what the running member says it runs with. */
import type { Difference, Side } from './compare.ts'
import { canonicalServer, type Ensemble, type ServerLine } from './ensemble.ts'
import { meaningOf } from './keys/meaning.ts'
import { effectiveOf, type Member, memberId, numberOf, type Setting, settingOf } from './member.ts'
import type { Release } from './release.ts'

export interface RunningValues {
  /** `server 3`. */
  readonly name: string
  readonly id: number | null
  /** By the names of zoo.cfg, as `conf` says them. */
  readonly settings: ReadonlyMap<string, string>
  /** As the members have agreed on it; null: it is not told. */
  readonly membership: Ensemble | null
}

interface Stated {
  readonly value: string | null
  readonly setting: Setting | undefined
}

/** Only what the member tells counts. */
export function compareRunning(member: Member, running: RunningValues, release: Release): readonly Difference[] {
  const own = member.ensemble.servers.get(memberId(member) ?? BigInt(running.id ?? -1))
  const settings = [...running.settings].flatMap(([key, raw]): Difference[] => {
    const said = runningValue(key, raw)
    const stated = said === undefined ? undefined : statedValue(key, member, own, release)
    if (said === undefined || stated === undefined) return []
    if (stated.value !== null && meaningOf(key, stated.value) === meaningOf(key, said)) return []
    return [{ key, a: sideOf(stated), b: { value: said, file: running.name, line: null } }]
  })
  return [...settings, ...(running.membership === null ? [] : membershipDifferences(member, running))]
}

function sideOf({ value, setting }: Stated): Side {
  return { value, file: setting?.file ?? null, line: setting?.line ?? null }
}

/** Undefined: it says nothing that a file could say. */
function runningValue(key: string, raw: string): string | undefined {
  if (key === 'dataDir' || key === 'dataLogDir') return raw.replace(/\/version-2\/?$/, '')
  if (key === 'peerType') return raw === '1' ? 'observer' : 'participant'
  const off = (key === 'secureClientPort' || key === 'clientPort') && !/^[1-9]/.test(raw)
  return off ? undefined : raw
}

/** What the files say, defaults included; undefined: this is not compared. */
function statedValue(key: string, member: Member, own: ServerLine | undefined, release: Release): Stated | undefined {
  const setting = settingOf(member, key)
  const plain = { value: effectiveOf(member, key, release), setting }
  if (key === 'clientPort')
    return own?.client == null ? plain : { value: String(own.client.port), setting: own.setting }
  if (key === 'quorumPort' || key === 'electionPort') {
    const port = own?.addresses[0]?.[key] ?? null
    return port === null ? undefined : { value: String(port), setting: own!.setting }
  }
  if (key === 'peerType') return own === undefined ? undefined : { value: own.role, setting: own.setting }
  if (key === 'dataLogDir')
    return setting === undefined ? { value: effectiveOf(member, 'dataDir', release), setting } : plain
  if (key === 'minSessionTimeout') return ticks(2, plain, member, release)
  if (key === 'maxSessionTimeout') return ticks(20, plain, member, release)
  return COMPARED.includes(key) ? plain : undefined
}

const COMPARED = ['tickTime', 'initLimit', 'syncLimit', 'maxClientCnxns', 'dataDir', 'secureClientPort', 'electionAlg']

/** -1 is as good as not set. */
function ticks(number: number, plain: Stated, member: Member, release: Release): Stated {
  if (plain.value !== null && plain.value !== '-1') return plain
  const tick = numberOf(member, 'tickTime', release)
  return { value: tick === null ? null : String(number * tick), setting: plain.setting }
}

function membershipDifferences(member: Member, { name, membership }: RunningValues): readonly Difference[] {
  const here = member.ensemble.servers
  const there = membership!.servers
  const ids = [...new Set([...here.keys(), ...there.keys()])].sort((a, b) => (a < b ? -1 : 1))
  return ids.flatMap((id): Difference[] => {
    const [file, live] = [here.get(id), there.get(id)]
    const withClient = file?.client != null && live?.client != null
    const text = (line: ServerLine | undefined) =>
      line === undefined ? null : canonicalServer(withClient ? line : { ...line, client: null })
    if (text(file) === text(live)) return []
    const a: Side = {
      value: file?.setting.value ?? null,
      file: file?.setting.file ?? null,
      line: file?.setting.line ?? null,
    }
    return [{ key: `server.${id}`, a, b: { value: live?.setting.value ?? null, file: name, line: null } }]
  })
}
