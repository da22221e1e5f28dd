/* What of a server's release and properties decides how it loads a data directory. */
import { isTrue } from '../../config/java/values.ts'
import { isSince, type Release } from '../../config/release.ts'
import { payloadLimit } from '../../formats/txnlog/scan.ts'
import { oldPayloadLimit } from '../../formats/txnlog/servers.ts'
import { RULE, rulesOf } from '../../tree/rules.ts'

export type Role = 'standalone' | 'quorum'

export interface LoaderSettings {
  readonly release: Release
  readonly role: Role
  readonly juteMaxbuffer: number
  /** The longest string or buffer in bytes. */
  readonly limit: number
  /** See tree/rules.ts. */
  readonly rules: number
  /** Reads the paths of a closeSession. */
  readonly closeLists: boolean
  readonly extendedTypes: boolean
  /** Reads the digest block of snapshots, and compares digests. */
  readonly digests: boolean
  /** Reads the last-zxid block of snapshots. */
  readonly lastZxidBlock: boolean
  /** Names of more than two parts count. */
  readonly longNames: boolean
  /** Replays logs on an empty tree without being asked. */
  readonly trustEmpty: boolean
  /** What an empty directory becomes: zxid 0, or -1. */
  readonly createsDatabase: boolean
  readonly createsDirectories: boolean
  /** Deletes an empty last log. */
  readonly deletesEmptyLog: boolean
  /** Refuses a gap between two replayed transactions of an epoch. */
  readonly refusesGaps: boolean
  /** Ends at a transaction on a znode whose access list is missing. */
  readonly looksUpAcls: boolean
  /** Knows containers, TTL nodes, create2 and reconfig. */
  readonly newTypes: boolean
}

const MAX_INT = 2 ** 31 - 1

/** `properties`: Java system properties by full name. */
export function loaderSettings(release: Release, role: Role, properties: ReadonlyMap<string, string>): LoaderSettings {
  const since = (first: string) => isSince(release, first)
  const on = (name: string, standard: boolean) => {
    const value = properties.get(`zookeeper.${name}`)
    return value === undefined ? standard : isTrue(value)
  }
  const juteMaxbuffer = integer(properties.get('jute.maxbuffer'), 0xfffff)
  const extra = properties.get('jute.maxbuffer.extrasize')
  const limit = !since('3.5.7 3.6.0')
    ? oldPayloadLimit(juteMaxbuffer)
    : extra === undefined
      ? payloadLimit(juteMaxbuffer)
      : Math.min(juteMaxbuffer + Math.max(1024, integer(extra, juteMaxbuffer)), MAX_INT)
  const closeLists = since('3.6.0') && on('closeSessionTxn.enabled', true)
  const rules = rulesOf(`3.${release.minor}.${release.patch}`)
  const digests = since('3.6.0') && on('digest.enabled', true)
  return {
    release,
    role,
    juteMaxbuffer,
    limit,
    rules: closeLists ? rules : rules & ~RULE.closeList,
    closeLists,
    extendedTypes: since('3.5.3') && on('extendedTypesEnabled', false),
    digests,
    lastZxidBlock: since('3.9.0') && on('serializeLastProcessedZxid.enabled', true),
    longNames: since('3.6.0'),
    trustEmpty: !since('3.5.3') || on('snapshot.trust.empty', false),
    createsDatabase: !since('3.6.0') || on('db.autocreate', true),
    createsDirectories: !since('3.5.0') || on('datadir.autocreate', true),
    deletesEmptyLog: since('3.9.3'),
    refusesGaps: since('3.9.4'),
    looksUpAcls: since('3.8.4 3.9.2'),
    newTypes: since('3.5.1'),
  }
}

/** Integer.getInteger: what is no number counts as absent. */
function integer(text: string | undefined, standard: number): number {
  return text !== undefined && /^[+-]?\d+$/.test(text) ? Math.min(Number(text), MAX_INT) : standard
}
