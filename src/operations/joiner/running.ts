/* What running members say that a joiner must fit to. */

import { formatEntry } from '../../config/java/properties.ts'
import { JOINER_FINDINGS } from '../../config/joiner/findings.ts'
import type { LiveSetting } from '../../config/joiner/refuse.ts'
import type { Member, Setting } from '../../config/member.ts'
import { ZkopsError } from '../../support/errors.ts'
import type { Finding } from '../../support/finding.ts'
import { runningConfig } from '../ensemble/running-config.ts'
import type { LiveOptions } from '../inventory/target.ts'
import { loadMember } from '../zoo-cfg/load.ts'

export interface RunningMembers {
  readonly zookeeper: string | null
  /** Server, group and weight lines as the members have agreed on them. */
  readonly lines: readonly Setting[]
  /** What must be the same on all members. */
  readonly settings: readonly LiveSetting[]
  /** A member made of what they say. Throws `server.not-allowed` when that is not enough. */
  member(): Member
  findings(withFile: boolean): readonly Finding[]
}

const SHARED = ['tickTime', 'initLimit', 'syncLimit', 'minSessionTimeout', 'maxSessionTimeout', 'maxClientCnxns']
const SOURCE = 'running members'

export async function runningMembers(live: LiveOptions, signal: AbortSignal): Promise<RunningMembers> {
  const { name, membership, members, zookeeper, votersOnly, findings } = await runningConfig(live, signal)
  if (membership === null) {
    throw new ZkopsError(
      'usage',
      `${name} does not tell who its members are: it is of 3.4, or a server that runs alone`,
      {
        hint: "Give --from with a member's zoo.cfg, without --ensemble and --connect.",
      },
    )
  }
  const { servers, groups, weights } = membership
  const line = (key: string, value: string): Setting => ({ key, value, file: SOURCE, line: 0 })
  const lines = [
    ...[...servers.values()].map(({ setting }) => line(setting.key, setting.value)),
    ...[...groups].map(([id, ids]) => line(`group.${id}`, ids.join(':'))),
    ...[...weights].map(([id, weight]) => line(`weight.${id}`, String(weight))),
  ]
  const settings = members.flatMap(({ name: member, settings: own }) =>
    SHARED.flatMap((key) => (own.has(key) ? [{ member, key, value: own.get(key)! }] : [])),
  )
  const keys = [...new Set(settings.map(({ key }) => key))]
  return {
    ...{ zookeeper, lines, settings },
    member: () => memberFrom(name, members.find(({ settings: own }) => own.has('initLimit'))?.settings),
    findings: (withFile) => [
      ...findings,
      ...(votersOnly ? [finding('joiner.observers-unknown', 'observers among the members could not be seen')] : []),
      ...(withFile
        ? []
        : [finding('joiner.partial', 'the files hold what running members tell, and no more', { keys })]),
    ],
  }
}

/** As a zoo.cfg that says what the member says. */
function memberFrom(name: string, settings: ReadonlyMap<string, string> | undefined): Member {
  if (settings === undefined) {
    throw new ZkopsError('server.not-allowed', `No member of ${name} tells its settings: conf is not in a whitelist`, {
      hint: "Give --from with a member's zoo.cfg, or set 4lw.commands.whitelist=srvr,mntr,conf.",
    })
  }
  const own = (key: string) => settings.get(key)
  const directory = (key: string) => own(key)?.replace(/\/version-2\/?$/, '')
  const pairs = [
    ...SHARED.map((key) => [key, own(key)] as const),
    ['dataDir', directory('dataDir')] as const,
    ['dataLogDir', directory('dataLogDir')] as const,
    // they have taken members by reconfig, or will not take this one
    ['reconfigEnabled', 'true'] as const,
  ]
  const text = pairs.map(([key, value]) => (value === undefined ? '' : `${formatEntry(key, value)}\n`)).join('')
  return loadMember(SOURCE, Buffer.from(text, 'latin1')).member
}

function finding(code: string, message: string, evidence: Readonly<Record<string, unknown>> = {}): Finding {
  return { code, severity: 'warning', message, evidence, remedy: JOINER_FINDINGS[code]!.remedy }
}
