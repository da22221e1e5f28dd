import type { Finding, FindingCatalogue } from '../../support/finding.ts'

export const ROLL_FINDINGS: FindingCatalogue = {
  'roll.unfinished': {
    summary: 'A roll of this ensemble was begun from here and not finished.',
    cause: 'It was interrupted or killed, or it stopped because something did not go as planned.',
    evidence: 'Its journal.',
    remedy: 'zkops roll status shows how far it came, zkops roll resume goes on with it; a new roll takes its place.',
    source: 'docs/roll.md',
  },
  'roll.upgrade-path': {
    summary: 'These two releases do not work together, or were never tried together.',
    cause: 'The protocol or the format of files changed more than one release line allows for.',
    evidence: 'Both releases.',
    remedy: 'Upgrade to the release in between first, then from there.',
    source: 'operations 4.11; upgrade FAQ',
  },
  'roll.upgrade-release': {
    summary: 'The release is known to lose data.',
    cause: 'A bug that a later release of its line has not.',
    evidence: 'The release and the issue.',
    remedy: 'Take a later release of the line.',
    source: 'ZOOKEEPER-4925',
  },
  'roll.upgrade-bug': {
    summary: 'The release has a bug that can lose data or let members differ.',
    cause: 'It was fixed in a later release only.',
    evidence: 'The issue, and where it was fixed.',
    remedy: 'Take a later release; if it has to be this one, avoid crashes and full disks while members sync.',
    source: 'JIRA, as named',
  },
  'roll.upgrade-no-snapshot': {
    summary: 'A member that never took a snapshot will not start.',
    cause: '3.4 takes none before snapCount transactions; from 3.5 on logs without a snapshot are taken for a loss.',
    evidence: 'The releases; the directories are checked where they can be seen.',
    remedy: 'Make it take one first: restart it with 3.4, or see zkops data doctor and zkops snapshot build.',
    source: 'ZOOKEEPER-2325, -3056; FileTxnSnapLog.restore',
  },
  'roll.upgrade-words': {
    summary: 'Monitoring may go blind.',
    cause: 'From 3.5 on words have to be allowed, and the AdminServer has a port of its own.',
    evidence: 'The releases.',
    remedy: 'Set 4lw.commands.whitelist and admin.serverPort (zkops roll config) as your monitoring needs before.',
    source: 'operations 4.11',
  },
  'roll.upgrade-multi': {
    summary: 'While releases are mixed, members can apply one transaction differently.',
    cause: 'A newer leader takes a create2 inside of a multi, an older follower applies the part before it.',
    evidence: 'The releases.',
    remedy:
      'Let the leader be last, as it is; if the leader changes on the way, finish the roll soon, and compare data afterwards (zkops ensemble divergence).',
    source: 'ZOOKEEPER-4026',
  },
  'roll.upgrade-digests': {
    summary: 'Mismatches of digests are counted that are none.',
    cause: 'Older members do not keep digests as newer ones do.',
    evidence: 'The releases.',
    remedy: 'Ignore them during the roll; look again when it is over.',
    source: 'operations 4.11',
  },
  'roll.upgrade-gaps': {
    summary: 'Logs with a gap keep a member from starting.',
    cause: '3.9.4 and later refuse what older releases read over.',
    evidence: 'The releases; the directories are checked where they can be seen.',
    remedy: 'zkops data doctor --server on each member before.',
    source: 'version differences 2',
  },
  'roll.upgrade-logging': {
    summary: 'A logging configuration of your own has no effect any more.',
    cause: 'From 3.8 on servers use logback.',
    evidence: 'The releases.',
    remedy: 'Write logback.xml before.',
    source: 'release notes of 3.8.0',
  },
  'roll.upgrade-features': {
    summary: 'New features wait until the end.',
    cause: 'Older members do not understand them.',
    evidence: 'The releases.',
    remedy: 'Switch them on with zkops roll config when all members run the new release.',
    source: 'operations P9',
  },
  'roll.data-not-seen': {
    summary: 'The directories of a member could not be looked at.',
    cause: 'They lie on another machine.',
    evidence: 'The member.',
    remedy: 'Run zkops data doctor --server there.',
    source: 'docs/roll.md',
  },
  'roll.data-loss': {
    summary: 'A member would drop records at its next start.',
    cause: 'Its logs are torn or have a gap.',
    evidence: 'Which records of which file, and why.',
    remedy: 'zkops data doctor tells what to do before.',
    source: 'docs/doctor.md',
  },
}

export function rollFinding(code: string, severity: Finding['severity'], message: string, member?: number): Finding {
  const { remedy } = ROLL_FINDINGS[code]!
  return { code, severity, message, remedy, ...(member === undefined ? {} : { member: String(member) }) }
}
