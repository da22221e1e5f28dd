/* What `zkops explain` knows about the findings of `health network`. */
import type { FindingCatalogue } from '../../../support/finding.ts'

export const NETWORK_FINDINGS: FindingCatalogue = {
  'network.client-blocked': {
    summary: 'The client port of a member that is up cannot be reached from this machine.',
    cause: 'A firewall, a route, a wrong address, or the member serves clients elsewhere.',
    evidence: 'The member, the port and what a TCP handshake ended with.',
    remedy:
      'Refused: nobody listens there, or a firewall rejects; see clientPort and clientPortAddress. No answer: a firewall drops.',
    source: 'operations: TCP connect matrix',
  },
  'network.half-open': {
    summary: 'A client port takes connections, and nothing answers on them.',
    cause:
      'The process is stopped or hangs (the kernel still takes connections), or a proxy in front of it has nobody behind.',
    evidence: 'A TCP handshake that succeeded, and questions that were not answered in time.',
    remedy:
      'Look at the process of that server (stopped, swapping, out of threads), then at what is in front of its port.',
    source: 'a TCP handshake against srvr',
  },
  'network.election-blocked': {
    summary: 'A member does not reach the election port of another one.',
    cause:
      'A firewall that lets one direction pass only, a wrong address, or the election listener of that server has ended.',
    evidence: 'From where, to which address, and what a TCP handshake ended with.',
    remedy:
      'Open the election port in both directions between all members. Refused while the server runs: its log says "leaving the listener thread"; restart it.',
    source: 'QuorumCnxManager: the higher id keeps the connection it made; ZOOKEEPER-2164, ZOOKEEPER-3320',
  },
  'network.quorum-blocked': {
    summary: 'A member does not reach the quorum port of another one.',
    cause:
      'A firewall or a wrong address. Only the leader listens on its quorum port: refused by another member is as it must be, silence is not.',
    evidence: 'From where, to which address, what a TCP handshake ended with, and whether that server leads.',
    remedy: 'Open the quorum port of every voter to all members: each of them may lead.',
    source: 'Leader opens its quorum port when it begins to lead; Learner connects to it',
  },
  'network.member-unreached': {
    summary: 'No port of a member is reached from anywhere that was looked from.',
    cause: 'Its host or its process is down, or it is cut off.',
    evidence: 'The member and from where it was tried.',
    remedy: 'Look at the host first; what is between it and the others can be judged when it is up.',
    source: 'TCP handshakes',
  },
  'network.names-differ': {
    summary: 'Members do not agree on the addresses of a name.',
    cause: 'Different /etc/hosts files, a cached answer of DNS, or DNS that answers by who asks.',
    evidence: 'The name and what each place resolves it to.',
    remedy:
      'Bring /etc/hosts and the resolvers of the members in line; a server that runs keeps what it resolved before.',
    source: 'getaddrinfo on each of them',
  },
  'network.own-name-loopback': {
    summary: 'A member resolves its own name to a loopback address.',
    cause: 'A line in /etc/hosts such as 127.0.1.1, which installers of Debian and Ubuntu write.',
    evidence: 'The name, and what this member and the others resolve it to.',
    remedy:
      'Take the name out of that line: a server binds its quorum and election ports to what its own name resolves to, unless quorumListenOnAllIPs is set.',
    source: 'QuorumPeer binds to the address in its own server line',
  },
  'network.name-unresolved': {
    summary: 'A name in the configuration cannot be resolved.',
    cause: 'It is misspelt, not in DNS yet, or the resolver of that machine does not know it.',
    evidence: 'The name and from where it was asked.',
    remedy: 'Add the name to DNS or /etc/hosts there, or correct the configuration.',
    source: 'getaddrinfo',
  },
  'network.no-view': {
    summary: 'It could not be looked from a member.',
    cause:
      'The command that runs something on it failed, or there is neither bash with timeout nor an nc with -z on it.',
    evidence: 'The member and what was said.',
    remedy: 'Try the exec of zkops.yaml by hand; on the member bash and timeout, or an nc with -z, are needed.',
    source: 'the exec command of the inventory',
  },
  'network.here-only': {
    summary: 'It was only looked from this machine, not between members.',
    cause: 'No member has an exec command in zkops.yaml, or only this machine was wanted.',
    evidence: 'From where it was looked.',
    remedy: 'Give the servers exec in zkops.yaml, such as ssh {host}: then each of them looks at the others.',
    source: 'docs/inventory.md',
  },
  'network.ports-unknown': {
    summary: 'The quorum and election ports of a member are not known.',
    cause: 'It is given by its client port, and no member tells the configuration (3.4, or conf may not be asked).',
    evidence: 'The members.',
    remedy: 'Name the ensemble of zkops.yaml, or give --config zoo.cfg.',
    source: 'conf, /zookeeper/config',
  },
}
