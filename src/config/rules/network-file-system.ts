import { memberRule } from './rule.ts'

/** File systems whose disk is another machine's. */
export const NETWORK_KINDS = /^(nfs|cifs|smb|ceph|gluster|fuse\.|9p|lustre|afs)/

export const rule = memberRule(
  {
    id: 'L-D15',
    code: 'config.network-file-system',
    level: 'MEDIUM',
    summary: 'Logs lie on a network file system.',
    cause: 'An fsync takes as long as the network and the other side.',
    evidence: 'The file system.',
    remedy: 'Use a local device.',
    source: 'operations',
  },
  function* (member, { facts }) {
    const path = member.settings.get('dataLogDir')?.value ?? member.settings.get('dataDir')?.value ?? ''
    const kind = facts.directories.get(path)?.fileSystem
    if (kind != null && NETWORK_KINDS.test(kind)) {
      yield { key: 'dataLogDir', message: `${path} lies on ${kind}`, evidence: { fileSystem: kind } }
    }
  },
)
