import type { FindingCatalogue } from '../../support/finding.ts'

/** What linting a tree can tell, beside what reading its snapshot tells. */
export const TREE_LINT_FINDINGS: FindingCatalogue = {
  'tree.node-near-limit': {
    summary: 'The value of a znode is near jute.maxbuffer, or above it.',
    cause: 'An application that keeps a growing list or a blob in one znode.',
    evidence: 'The bytes of the reply that carries it (value, 88 bytes around it), and the limit.',
    remedy:
      'Shrink or split the value. Until then all servers and clients need a larger jute.maxbuffer (a system property): clients with a smaller one lose their connection when they read it, servers with less than half of it do not start.',
    source: 'ClientCnxnSocket.readLength, "Packet len … is out of range"; BinaryInputArchive.checkLength',
  },
  'tree.children-near-limit': {
    summary: 'The list of children of a znode is near jute.maxbuffer, or above it.',
    cause: 'Names that pile up: a queue nobody reads, a service whose nodes are not removed.',
    evidence: 'Children, and the bytes of the reply to getChildren that names them all, and the limit.',
    remedy:
      'Remove children before the limit is met: nobody can list them afterwards. Above it: raise jute.maxbuffer for one client, delete by it, find out who creates them.',
    source: 'ClientCnxnSocket.readLength, "Packet len … is out of range"',
  },
  'tree.sequence-near-overflow': {
    summary: 'The counter that numbers sequential children is near its end, or beyond it.',
    cause: 'Two thousand million creations below one znode: it counts every creation of a child and never goes back.',
    evidence: 'The counter (the stored cversion), and its end, 2147483647.',
    remedy:
      'Let the application move to a new parent, or delete and create the parent while it is empty: the counter begins at 0 again. Behind the end names become negative, and lock recipes sort them first.',
    source: 'PrepRequestProcessor.pRequest2TxnCreate, "%010d" of the cversion of the parent',
  },
  'tree.quota-exceeded': {
    summary: 'A subtree is above its quota.',
    cause: 'More znodes or more bytes than the quota says. Soft limits are only logged by servers.',
    evidence: 'Limit and usage, counted in the tree.',
    remedy:
      'Find out what grew (zkops snapshot dump --path), delete it or raise the quota. Above a hard limit servers with enforceQuota refuse writes.',
    source: 'DataTree.updateQuotaStat, ZooKeeperServer.checkQuota',
  },
  'tree.quota-without-node': {
    summary: 'A quota is set for a znode that is not there.',
    cause: 'The znode was deleted after the quota was set; deleting does not remove the quota.',
    evidence: 'The node of the quota.',
    remedy: 'None is needed; delquota removes it.',
    source: 'DataTree.getCounts',
  },
  'tree.world-writable': {
    summary: 'Anyone may change a subtree.',
    cause: 'znodes that were created with the open access list (world:anyone), which is what clients use by default.',
    evidence: 'The topmost such znode, what anyone may do with it, and how many znodes are open from there on down.',
    remedy:
      'Set access lists (setAcl -R) once all clients authenticate. The root is open by default: anyone may create znodes there.',
    source: 'PrepRequestProcessor.checkACL; ZooDefs.Ids.OPEN_ACL_UNSAFE',
  },
  'tree.unordered': {
    summary: 'A node does not follow its parent, so what is below nodes was not counted from there on.',
    cause: 'No server writes a snapshot in that order; a program did.',
    evidence: 'The first such node.',
    remedy: 'Lists of children, open subtrees and quotas were not judged behind it.',
    source: 'DataTree.serializeNode',
  },
}
