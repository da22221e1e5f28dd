import type { FindingCatalogue } from '../../support/finding.ts'

export const JOINER_FINDINGS: FindingCatalogue = {
  'joiner.own-files': {
    summary: 'The new member needs files of its own.',
    cause:
      'The configuration names files that every member has with another content: keys, certificates, login contexts.',
    evidence: 'The keys and the paths.',
    remedy: 'Put them there before the first start; certificates must be for the host of the new member.',
    source: 'administration guide: TLS, SASL',
  },
  'joiner.reconfig-disabled': {
    summary: 'The members do not take changes of membership.',
    cause:
      'reconfigEnabled is not true. The member can connect, but nobody can make it a member while the others run on.',
    evidence: 'The setting.',
    remedy:
      'Set reconfigEnabled=true on every member, one restart after the other, and add it then; or add its server line to every file and restart the members one at a time.',
    source: 'dynamic reconfiguration guide',
  },
  'joiner.observers-unknown': {
    summary: 'Observers among the members could not be seen.',
    cause:
      'No member may be asked conf, and /zookeeper/config could not be read; the AdminServer tells of voters only.',
    evidence: 'None.',
    remedy: 'Make sure that no observer has the id, or set 4lw.commands.whitelist=srvr,mntr,conf.',
    source: 'AdminServer voting_view',
  },
  'joiner.partial': {
    summary: 'Not every setting of the members is known.',
    cause: 'Running members tell some of their settings: nothing of TLS, SASL, most limits, and flags of the JVM.',
    evidence: 'The keys that are known.',
    remedy: "Give --from with a member's zoo.cfg, or compare the files before the first start.",
    source: 'four-letter word conf',
  },
}
