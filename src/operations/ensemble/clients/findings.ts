/* What `zkops explain` knows about the findings of `ensemble sessions`, `connections` and `watches`. */
import type { FindingCatalogue } from '../../../support/finding.ts'

export const CLIENT_REMEDIES = {
  'clients.herd':
    'Let each wait for the one before it only, as the recipes for locks do; zkops ensemble watches --heavy --path tells who waits.',
  'clients.members-unknown': 'Name all members: --connect a:2181,b:2181,c:2181, or in the inventory.',
  'clients.near-limit':
    'Find the leak: clients that open a session for each request, or never close. Raise maxClientCnxns only when so many are meant.',
  'clients.no-connection':
    'Wait until the session expires, or look for the client: it may hang, be cut off from the network, or be dead.',
  'clients.not-told':
    'Start it, or let it tell: allow the word, its AdminServer, or give what its TLS client port wants.',
} as const

export const CLIENT_FINDINGS: FindingCatalogue = {
  'clients.herd': {
    summary: 'Many sessions wait for the same znode, and are all woken when it goes.',
    cause:
      'Contenders for a lock or a place in a queue watch its holder, not the one before them; or the deletion of a znode was told to many.',
    evidence:
      'Sessions that watch it (--heavy), or the most that were told of one deletion since the server started (3.6 on). Watches for children are told by no server.',
    remedy: CLIENT_REMEDIES['clients.herd'],
    source: 'wchp, watches_by_path; node_deleted_watch_count',
  },
  'clients.members-unknown': {
    summary: 'Nobody tells who all the members are.',
    cause: 'In 3.4 no server does; the voting view of an AdminServer leaves out observers.',
    evidence: 'How many members were named. Sessions that seem to be connected nowhere are no finding then.',
    remedy: CLIENT_REMEDIES['clients.members-unknown'],
    source: 'conf (3.5 on), voting_view (3.6 on)',
  },
  'clients.near-limit': {
    summary: 'A client has nearly as many connections with a member as one address may have.',
    cause: 'A leak of connections, many processes on one host, or many hosts behind one address (NAT, a proxy).',
    evidence: 'The address, its connections with one client port of the member, and maxClientCnxns.',
    remedy: CLIENT_REMEDIES['clients.near-limit'],
    source: 'NIOServerCnxnFactory: "Too many connections from"; 80% a warning, 95% an error',
  },
  'clients.no-connection': {
    summary: 'A session holds ephemerals and is connected with no member.',
    cause:
      'Its client is dead, hangs or is cut off; what it holds (locks, memberships) stays until the session expires.',
    evidence: 'All members told their connections, before and after the ephemerals were told; it was in neither.',
    remedy: CLIENT_REMEDIES['clients.no-connection'],
    source: 'dump of one member, cons of all',
  },
  'clients.not-told': {
    summary: 'A member does not tell of its clients, or not of all of them.',
    cause: 'It is down, its whitelist and its AdminServer do not allow it, or its TLS client port could not be asked.',
    evidence: 'Why, and the setting that would show it.',
    remedy: CLIENT_REMEDIES['clients.not-told'],
    source: '4lw.commands.whitelist (srvr only by default from 3.5.3 on); admin.enableServer',
  },
}
