/*
 * What is known to go wrong between two releases (operations 4.11 and 4.12, failures 10; docs/roll.md). Pure.
 *
 * `path` and `release` keep an upgrade from beginning; all others are said before it does.
 */
import { isSince, type Release } from '../../config/release.ts'
import type { Severity } from '../../support/finding.ts'

export interface Trap {
  readonly code: string
  readonly severity: Severity
  readonly message: string
}

interface Rule {
  readonly code: string
  readonly severity: Severity
  readonly applies: (from: Release, to: Release) => boolean
  readonly message: (from: Release, to: Release) => string
}

const crosses = (first: number) => (from: Release, to: Release) => from.minor < first && to.minor >= first
const lacks = (since: string) => (_: Release, to: Release) => !isSince(to, since)

const RULES: readonly Rule[] = [
  {
    code: 'roll.upgrade-path',
    severity: 'error',
    applies: (from, to) => from.minor === 4 && (to.minor > 6 || from.patch < 6),
    message: (from, to) =>
      from.patch < 6
        ? `${from.name} cannot be in one ensemble with ${to.name}: upgrade to 3.4.14 first`
        : `from ${from.name} to ${to.name} in one go is no tested way: upgrade to 3.5.10 or 3.6.4 first`,
  },
  {
    code: 'roll.upgrade-release',
    severity: 'error',
    applies: (_, to) => to.minor === 9 && to.patch === 3,
    message: () =>
      '3.9.3 loses data in a snapshot that is written while transactions go on (ZOOKEEPER-4925): take 3.9.4 or newer',
  },
  {
    code: 'roll.upgrade-bug',
    severity: 'warning',
    applies: lacks('3.8.5 3.9.2 3.10.0'),
    message: (_, to) =>
      `${to.name} can lose transactions of a member that syncs by DIFF (ZOOKEEPER-4785: fixed in 3.8.5, 3.9.2)`,
  },
  {
    code: 'roll.upgrade-bug',
    severity: 'warning',
    applies: lacks('3.5.10 3.6.3 3.7.0'),
    message: (_, to) =>
      `in ${to.name} data of members can differ after a sync that was cut off (ZOOKEEPER-3642: fixed in 3.5.10, 3.6.3)`,
  },
  {
    code: 'roll.upgrade-bug',
    severity: 'warning',
    applies: lacks('3.5.7 3.6.0'),
    message: (_, to) =>
      `${to.name} can lose data where the disk of the logs is full (ZOOKEEPER-3701: fixed in 3.5.7, 3.6.0)`,
  },
  {
    code: 'roll.upgrade-no-snapshot',
    severity: 'warning',
    applies: crosses(5),
    message: () =>
      'from 3.5 on a member with logs and no snapshot does not start ("No snapshot found, but there are log entries"): a young 3.4 member has none',
  },
  {
    code: 'roll.upgrade-words',
    severity: 'warning',
    applies: crosses(5),
    message: () =>
      'from 3.5 on four-letter words are allowed by 4lw.commands.whitelist only (srvr without it), and an AdminServer opens port 8080 on all addresses',
  },
  {
    code: 'roll.upgrade-multi',
    severity: 'warning',
    applies: (from, to) => isSince(to, '3.7.2 3.8.2 3.9.0') && !isSince(from, '3.7.2 3.8.2 3.9.0'),
    message: (from, to) =>
      `a leader of ${to.name} takes a create2 inside of a multi, of which members of ${from.name} apply a part only (ZOOKEEPER-4026): the leader goes last, so bring members that fail back with ${from.name} only while an old one leads`,
  },
  {
    code: 'roll.upgrade-digests',
    severity: 'info',
    applies: crosses(6),
    message: () =>
      'while releases are mixed, mismatches of digests are counted that are none: look at them when it is over',
  },
  {
    code: 'roll.upgrade-gaps',
    severity: 'info',
    applies: (from, to) => isSince(to, '3.9.4') && !isSince(from, '3.9.4'),
    message: (_, to) =>
      `${to.name} does not start on logs with a gap, which older releases read over: the directories that can be seen are checked`,
  },
  {
    code: 'roll.upgrade-logging',
    severity: 'info',
    applies: crosses(8),
    message: () => 'from 3.8 on servers log by logback: log4j.properties of your own has no effect any more',
  },
  {
    code: 'roll.upgrade-features',
    severity: 'info',
    applies: (from, to) => from.minor !== to.minor,
    message: () =>
      'switch new features on (multiAddress, TTL nodes, snapshot compression, TLS) only when all members run the new release, and not in this roll',
  },
]

export function trapsBetween(from: Release, to: Release): readonly Trap[] {
  return RULES.filter(({ applies }) => applies(from, to)).map(({ code, severity, message }) => ({
    ...{ code, severity },
    message: message(from, to),
  }))
}
