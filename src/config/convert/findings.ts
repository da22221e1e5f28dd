import type { FindingCatalogue } from '../../support/finding.ts'

export const CONVERT_FINDINGS: FindingCatalogue = {
  'convert.takes-effect': {
    summary: 'A setting that did nothing has an effect from now on.',
    cause: 'It stood where no server reads it, or under a name that none knows; the converted files put it right.',
    evidence: 'The key and its value.',
    remedy:
      'Make sure that it is wanted: the ensemble has run without it. jute.maxbuffer must be the same on all members and clients.',
    source: 'QuorumPeerConfig.parseProperties',
  },
  'convert.assumed-port': {
    summary: 'The client port of other members is taken to be the one of this file.',
    cause: 'Their own files are not at hand, and server lines did not have it.',
    evidence: 'The ids.',
    remedy: "Convert the folder of all members' files, or correct the lines.",
    source: 'zkops config convert',
  },
  'convert.by-hand': {
    summary: 'A setting belongs into java.env and was left where it is.',
    cause: 'Its value has signs that mean something to the shell that reads java.env.',
    evidence: 'The key.',
    remedy: 'Put it into java.env by hand, quoted as the shell wants it.',
    source: 'zkEnv.sh',
  },
  'convert.members-untouched': {
    summary: 'Server lines without client address stay as they are.',
    cause:
      'They stand in a dynamic file, which is changed by reconfig: servers take it from each other by its version.',
    evidence: 'The ids.',
    remedy: 'Add the client address with reconfig, one member at a time.',
    source: 'dynamic reconfiguration guide',
  },
}
