/** Configurations, good and bad, that real parsers are asked about. `@` is the case's own directory. */
export interface Case {
  readonly name: string
  readonly files: Readonly<Record<string, string | Uint8Array>>
}

const STANDALONE = ['tickTime=2000', 'dataDir=@/data', 'clientPort=2181']
const ENSEMBLE = [...STANDALONE, 'initLimit=10', 'syncLimit=5']
const THREE = ['server.1=127.0.0.1:2888:3888', 'server.2=127.0.0.2:2888:3888', 'server.3=127.0.0.3:2888:3888']
const FOUR = [...THREE, 'server.4=127.0.0.4:2888:3888']
const GROUPED = [...ENSEMBLE, ...FOUR]

const text = (...lines: readonly string[]) => `${lines.join('\n')}\n`
const standalone = (...lines: readonly string[]): Case => ({
  name: lines.join(' | ') || 'standalone',
  files: { 'zoo.cfg': text(...STANDALONE, ...lines) },
})
const ensemble = (...lines: readonly string[]): Case => ({
  name: `ensemble: ${lines.join(' | ')}`,
  files: { 'zoo.cfg': text(...ENSEMBLE, ...THREE, ...lines), 'data/myid': '1\n' },
})
/** An ensemble whose third server line is this. */
const server = (value: string): Case => ({
  name: `server.3=${value}`,
  files: { 'zoo.cfg': text(...ENSEMBLE, ...THREE.slice(0, 2), `server.3=${value}`), 'data/myid': '1\n' },
})
const grouped = (...lines: readonly string[]): Case => ({
  name: `grouped: ${lines.join(' | ')}`,
  files: { 'zoo.cfg': text(...GROUPED, ...lines), 'data/myid': '1\n' },
})
const dynamic = (
  name: string,
  lines: readonly string[],
  more: Record<string, string> = {},
  fixed: string[] = [],
): Case => ({
  name: `dynamic ${name}: ${lines.join(' | ')} ${fixed.join(' ')} ${Object.keys(more)}`,
  files: {
    'zoo.cfg': text(...ENSEMBLE, `dynamicConfigFile=@/${name}`, ...fixed),
    [name]: text(...lines),
    'data/myid': '1\n',
    ...more,
  },
})
const myid = (content: string | Uint8Array, lines: readonly string[] = THREE): Case => ({
  name: `myid ${JSON.stringify(content)} of ${lines.length}`,
  files: { 'zoo.cfg': text(...ENSEMBLE, ...lines), 'data/myid': content },
})
const whole = (name: string, config: string | Uint8Array, more: Record<string, string> = {}): Case => ({
  name,
  files: { 'zoo.cfg': config, ...more },
})

const NUMBERS = ['0', '-1', '', ' ', '2s', '2000 # two', '+2000', '0002000', '-0', '2147483647', '2147483648', '1e3']
const ODD_NUMBERS = [
  '\\u0662\\u0660',
  '\\uff12\\uff10',
  '20\\u00a0',
  '\\u0000 20 \\u0001',
  '0x10',
  '1_000',
  '2,000',
  '-',
]
const BOOLEANS = ['true', 'TRUE', 'false ', 'yes', '', '1', 'tru\\u0065', 'fal\\u017fe', 'false # later']
const INT_KEYS = [
  ...[
    'maxClientCnxns',
    'initLimit',
    'syncLimit',
    'electionAlg',
    'autopurge.snapRetainCount',
    'autopurge.purgeInterval',
  ],
  ...['quorum.cnxn.threads.size', 'observerMasterPort', 'clientPortListenBacklog', 'connectToLearnerMasterLimit'],
  ...['multiAddress.reachabilityCheckTimeoutMs', 'jvm.pause.info-threshold.ms', 'secureClientPort'],
]
const BOOLEAN_KEYS = [
  ...[
    'standaloneEnabled',
    'reconfigEnabled',
    'localSessionsEnabled',
    'quorumListenOnAllIPs',
    'syncEnabled',
    'sslQuorum',
  ],
  ...['portUnification', 'sslQuorumReloadCertFiles', 'jvm.pause.monitor', 'multiAddress.enabled'],
]

const values: readonly Case[] = [
  ...NUMBERS.map((value) => standalone(`tickTime=${value}`)),
  ...ODD_NUMBERS.map((value) => standalone(`maxClientCnxns=${value}`)),
  ...INT_KEYS.flatMap((key) => ['abc', '-5', '0', '3000000000'].map((value) => standalone(`${key}=${value}`))),
  ...BOOLEAN_KEYS.flatMap((key) => [standalone(`${key}=yes`), standalone(`${key}=False`)]),
  ...BOOLEANS.map((value) => standalone(`standaloneEnabled=${value}`)),
  ...BOOLEANS.map((value) => standalone(`sslQuorum=${value}`)),
  ...['participant', 'OBSERVER', 'leader', '', 'observer '].map((value) => standalone(`peerType=${value}`)),
  ...['', '.', 'x', './', '/', 'ab', '"/x"', '~/zk', '/x # y', '//'].flatMap((value) => [
    standalone(`dataDir=${value}`),
    standalone(`dataLogDir=${value}`),
  ]),
  ...['0', '-1', '65535', '65536', 'abc'].map((value) => standalone(`clientPort=${value}`)),
  ...['0', '-1', '65536', '2281'].map((value) => standalone(`secureClientPort=${value}`)),
  standalone('secureClientPort=2281', 'ssl.authProvider=kerb'),
  standalone('secureClientPort=2281', 'ssl.authProvider=kerb', 'authProvider.kerb=x.Y'),
  standalone('secureClientPort=2281', 'secureClientPortAddress=127.0.0.1'),
  standalone('secureClientPortAddress=127.0.0.1'),
  standalone('metricsProvider.className=com.example.Nope'),
  standalone('metricsProvider.className=org.apache.zookeeper.metrics.impl.NullMetricsProvider'),
  standalone('metricsProvider.className=java.lang.String'),
  standalone('metricsProvider.className='),
  standalone('metricsProvider.httpPort=abc'),
  ...[
    ['minSessionTimeout=4000'],
    ['minSessionTimeout=-1'],
    ['minSessionTimeout=50000'],
    ['maxSessionTimeout=3999'],
    ['maxSessionTimeout=-2'],
    ['minSessionTimeout=-3', 'maxSessionTimeout=-2'],
    ['minSessionTimeout=10', 'maxSessionTimeout=9'],
    ['tickTime=-2000'],
    ['tickTime=-2000', 'minSessionTimeout=1', 'maxSessionTimeout=2'],
    ['tickTime=107374182'],
    ['tickTime=107374183'],
    ['tickTime=214748365'],
    ['quorum.auth.serverRequireSasl=true'],
    ['quorum.auth.learnerRequireSasl=true'],
    ['quorum.auth.enableSasl=true', 'quorum.auth.serverRequireSasl=true'],
    ['quorum.auth.enableSasl=true', 'quorum.auth.serverRequireSasl=true', 'quorum.auth.learnerRequireSasl=true'],
    ['unknown.key=whatever'],
    ['server1=127.0.0.1:2888:3888'],
    ['Server.1=127.0.0.1:2888:3888'],
    ['servers.1=127.0.0.1:2888:3888'],
    ['server.cnxnFactory=x'],
    ['server.=127.0.0.1:2888:3888'],
    ['server.1.2=127.0.0.1:2888:3888'],
    ['groupName=x'],
    ['groups.enabled=true'],
    ['weighting=1'],
    ['weight.1=1'],
    ['group.1=1:2'],
    ['version=abc'],
    ['version=xyz'],
    ['version='],
    ['oraclePath=/x'],
    ['standaloneEnabled=false'],
    ['standaloneEnabled=false', 'server.1=127.0.0.1:2888:3888:observer'],
    ['server.1=127.0.0.1:2888:3888:observer'],
    ['server.1=127.0.0.1:2888:3888', 'server.2=127.0.0.2:2888:3888:observer'],
    ['server.1=nonsense'],
    ['server.1=127.0.0.1:2888:3888'],
    ['server.1=127.0.0.1:2888:3888', 'standaloneEnabled=false', 'initLimit=5', 'syncLimit=2'],
    ['// a comment?', '; another', '[section]', '=empty key', 'word'],
  ].map((lines) => standalone(...lines)),
  ...['127.0.0.1', '127.0.0.1:2181', '[127.0.0.1]', '[::1]', '::1', '127.1', '2130706433', '', '0.0.0.0', '::'].map(
    (value) => standalone(`clientPortAddress=${value}`),
  ),
  ...[
    '0x7f.0.0.1',
    '010.0.0.1',
    '::ffff:127.0.0.1',
    '[',
    '[::1',
    'fe80::1%1',
    '1:2',
    'g::1',
    '[g::1]',
    '[x]',
    '[]',
  ].map((value) => standalone(`clientPortAddress=${value}`)),
  standalone('clientPortAddress=localhost'),
]

const SERVER_VALUES = [
  ...['127.0.0.3:2888:3888', '127.0.0.3:2888', '127.0.0.3', '', ':2888:3888', '127.0.0.3:2888:3888:observer', ';', ':'],
  ...['127.0.0.3:2888:3888:OBSERVER', '127.0.0.3:2888:3888:Participant', '127.0.0.3:2888:3888:voter', '|', '||;2181'],
  ...[
    '127.0.0.3:2888:3888: observer',
    '127.0.0.3:2888:3888:observer ',
    '127.0.0.3:2888:3888 ',
    '127.0.0.3:2888:3888\t',
  ],
  ...['127.0.0.3:2888:3888:participant:x', '127.0.0.3:2888:3888:', '127.0.0.3:2888:3888::', '127.0.0.3::3888'],
  ...['127.0.0.3:2888:2888', '127.0.0.3:0:0', '127.0.0.3:0:3888', '127.0.0.3:2888:0', '127.0.0.3:-1:3888'],
  ...['127.0.0.3:2888:-1', '127.0.0.3:65536:3888', '127.0.0.3:2888:65536', '127.0.0.3:abc:3888', '127.0.0.3:2888:abc'],
  ...['127.0.0.3:2888:3888;2181', '127.0.0.3:2888:3888;127.0.0.3:2181', '127.0.0.3:2888:3888;0', '[::1]:2888:3888'],
  ...['127.0.0.3:2888:3888;', '127.0.0.3:2888:3888;;', '127.0.0.3:2888:3888;2181;', '127.0.0.3:2888:3888;;2181'],
  ...['127.0.0.3:2888:3888;2181;2281', '127.0.0.3:2888:3888;:', '127.0.0.3:2888:3888;abc', '127.0.0.3:2888:3888;h:abc'],
  ...['127.0.0.3:2888:3888;a:b:c', '127.0.0.3:2888:3888;65536', '127.0.0.3:2888:3888:observer;2181', ';2181', '[::1]'],
  ...['[::1]:2888:3888;[::1]:2181', '[::1]2888:3888', '[::1]:', '[::1', '[]:2888:3888', '[127.0.0.1]:2888:3888'],
  ...['[::1]:2888:3888;[::1]', '[::1]:2888:3888;[::1]2181', '::1:2888:3888', '[junk]:2888:3888', '*:2888:3888'],
  ...[
    '127.0.0.3:2888:3888|127.0.0.4:2888:3888',
    '127.0.0.3:2888:3888|',
    '|127.0.0.3:2888:3888',
    '127.0.0.3:2888:3888 # me',
  ],
  ...['127.0.0.3:2888:3888|x', '127.0.0.3:2888:3888:participant|127.0.0.4:2888:3888:observer', '0x7f.0.0.1:2888:3888'],
  ...['127.0.0.3 :2888:3888', '$ZK3:2888:3888', '256.0.0.1:2888:3888', '127.0.0.3: 2888:3888', '127.0.0.3:+2888:03888'],
]

const ids = ['0', '-5', '256', '+4', '04', '9223372036854775807', '9223372036854775808', 'x', '1a', ' 4', '4 ', '']

const membership: readonly Case[] = [
  ensemble(),
  ...SERVER_VALUES.map(server),
  ...ids.map((id) => ensemble(`server.${id.replace(' ', '\\ ')}=127.0.0.9:2888:3888`)),
  ensemble('initLimit=0'),
  ensemble('syncLimit=0'),
  ensemble('initLimit=-1', 'syncLimit=-1'),
  ensemble('electionAlg=0', 'server.3=127.0.0.3:2888'),
  ensemble('electionAlg=1'),
  ensemble('peerType=observer'),
  ensemble('standaloneEnabled=false'),
  ensemble('multiAddress.enabled=true', 'server.3=127.0.0.3:2888:3888|127.0.0.4:2888:3888'),
  ensemble('server.4=127.0.0.4:2888:3888'),
  ensemble('server.3=127.0.0.3:2888:3888:observer'),
  ensemble('server.2=127.0.0.2:2888:3888:observer', 'server.3=127.0.0.3:2888:3888:observer'),
  ensemble('oraclePath=/x', 'group.1=nonsense', 'weight.x=1'),
  ensemble('kerberos.canonicalizeHostNames=true'),
  ensemble('kerberos.canonicalizeHostNames=true', 'server.3=256.256.256.256:2888:3888'),
  ensemble('kerberos.canonicalizeHostNames=TRUE', 'server.3=[junk]:2888:3888'),
  ensemble('kerberos.canonicalizeHostNames=yes', 'server.3=256.256.256.256:2888:3888'),
  ...['group.1=1:2:3:4', 'group.1=1:2', 'group.1=1:1', 'group.1=1:2:3:4:5', 'group.1=1:2:3:x'].map((line) =>
    grouped(line),
  ),
  ...['weight.1=2', 'group.x=1', 'weight.1=x', 'group.1=1:2:3:4:', 'group.1=::', 'group.1='].map((line) =>
    grouped(line),
  ),
  grouped('group.1=1:2', 'group.2=3:4'),
  grouped('group.1=1:2', 'group.2=3:4 '),
  grouped('group.1=1:2', 'group.2=2:3:4'),
  grouped('group.1=1:2', 'group.2=3:4', 'weight.1=0', 'weight.2=0', 'weight.3=0', 'weight.4=-1'),
  grouped('group.1=1:2', 'group.2=3:4', 'weight.9=1'),
  grouped('group.1=1:2', 'group.2=3:9'),
  grouped('group.1=1:2', 'group.2=3:4', 'group.3=9'),
  grouped('group.1=9:1:2', 'group.2=3:4'),
  grouped('group.1=1:2', 'group.2=3:4:9', 'weight.9=1'),
  grouped('group.1=1:2', 'group.2=3:4', 'server.5=127.0.0.5:2888:3888:observer'),
  grouped('group.1=1:2', 'group.2=3:4:5', 'server.5=127.0.0.5:2888:3888:observer'),
  grouped('group.1=1:2', 'group.2=3:4:5', 'server.5=127.0.0.5:2888:3888:observer', 'weight.5=1'),
  grouped('weight.1=1 '),
  ...[
    '1',
    '1\n',
    '+1',
    '001',
    '1\r\n',
    '-1',
    '9',
    '1 ',
    ' 1',
    '\n1',
    '',
    'x',
    '1\n2\n',
    '0x1',
    '9223372036854775808',
  ].map((content) => myid(content)),
  myid('\ufeff1'),
  myid('1\rjunk'),
  ...['garbage', '', '1 ', '1', '-1'].map((content) => myid(content, [])),
  ...['garbage', '1', '7'].map((content) => myid(content, THREE.slice(0, 1))),
  whole('no myid', text(...ENSEMBLE, ...THREE)),
  whole('myid is a directory', text(...ENSEMBLE, ...THREE), { 'data/myid/x': '' }),
  whole('myid is a directory, standalone', text(...STANDALONE), { 'data/myid/x': '' }),
]

const client = (fixed: readonly string[], part: string, own = '1'): Case => ({
  name: `client ${fixed.join(' ')} against ${part}, myid ${own}`,
  files: {
    'zoo.cfg': text(
      ...['tickTime=2000', 'dataDir=@/data', 'initLimit=10', 'syncLimit=5'],
      ...fixed,
      ...THREE.slice(1),
      `server.1=127.0.0.1:2888:3888;${part}`,
    ),
    'data/myid': own,
  },
})
const clients: readonly Case[] = [
  client([], '2181'),
  client(['clientPort=2181'], '2181'),
  client(['clientPort=2182'], '2181'),
  client(['clientPort=2182'], '2181', '2'),
  client(['clientPort=2182'], '2181', '-1'),
  client(['clientPort=2181'], '127.0.0.1:2181'),
  client(['clientPort=2181', 'clientPortAddress=127.0.0.1'], '2181'),
  client(['clientPort=2181', 'clientPortAddress=127.0.0.1'], '127.0.0.1:2181'),
  client(['clientPort=2181', 'clientPortAddress=127.0.0.1'], 'localhost:2181'),
  client(['clientPort=2181', 'clientPortAddress=localhost'], '127.0.0.2:2181'),
  client(['clientPort=2181', 'clientPortAddress=0.0.0.0'], '127.0.0.2:2182'),
  client(['clientPort=2181', 'clientPortAddress=::'], '127.0.0.2:2182'),
  client(['clientPort=2181', 'clientPortAddress=[::1]'], '[::1]:2182'),
  client(['clientPort=2181', 'clientPortAddress='], ':2181'),
  client(['clientPort=2181'], '[::1]:2182'),
  client(['clientPort=0'], '2181'),
  client(['clientPort=2181'], '256.256.256.256:2182'),
]

const DYNAMIC = THREE.map((line) => `${line}:participant;2181`)
const dynamics: readonly Case[] = [
  dynamic('zoo.cfg.dynamic', DYNAMIC),
  dynamic('zoo.cfg.dynamic.100000000', DYNAMIC),
  dynamic('members.example.de', DYNAMIC),
  dynamic('members.-1', DYNAMIC),
  dynamic('members.ffffffffffffffff', DYNAMIC),
  dynamic('members.7fffffffffffffff', DYNAMIC),
  dynamic('members', [...DYNAMIC, 'version=1']),
  dynamic('members', [...DYNAMIC, 'version=']),
  dynamic('members', [...DYNAMIC, 'tickTime=2000']),
  dynamic('members', ['# nothing']),
  dynamic('members', ['server.1=127.0.0.1:2888:3888:participant;2181']),
  dynamic('members', [...DYNAMIC, 'server.4=nonsense']),
  dynamic('members', [...DYNAMIC, 'group.1=1:2:3']),
  dynamic('members', [...DYNAMIC, 'dir=C:\\users\\zk']),
  dynamic('members', [...DYNAMIC, ' server.4\\ =127.0.0.4:2888:3888']),
  dynamic('members', DYNAMIC, {}, ['server.1=127.0.0.1:2888:3888']),
  dynamic('members', DYNAMIC, {}, ['groupName=x']),
  dynamic('members', DYNAMIC, {}, ['version=zz']),
  dynamic('members', DYNAMIC, {}, ['clientPort=2182']),
  dynamic('members', DYNAMIC, { 'zoo.cfg.dynamic.next': text(...DYNAMIC, 'version=100000001') }),
  dynamic('members', DYNAMIC, { 'zoo.cfg.dynamic.next': text(...DYNAMIC, 'version=zz') }),
  dynamic('members', DYNAMIC, { 'zoo.cfg.dynamic.next': text('server.1=nonsense') }),
  dynamic('members', DYNAMIC, { 'zoo.cfg.dynamic.next': text('group.1=1', ...DYNAMIC) }),
  dynamic('members', DYNAMIC, { 'zoo.cfg.dynamic.next': text('junk=1', '\\uzzzz') }),
  whole('dynamic file missing', text(...ENSEMBLE, 'dynamicConfigFile=@/none')),
  whole('dynamic file is a directory', text(...ENSEMBLE, 'dynamicConfigFile=@/data'), { 'data/myid': '1' }),
  whole('dynamic file empty name', text(...ENSEMBLE, 'dynamicConfigFile=')),
  whole('itself as dynamic file', text(...ENSEMBLE, 'dynamicConfigFile=@/zoo.cfg')),
  whole('next without dynamic file', text(...ENSEMBLE, ...THREE), {
    'zoo.cfg.dynamic.next': 'server.1=nonsense\n',
    'data/myid': '1',
  }),
  ensemble('reconfigEnabled=true'),
]

const utf16 = (content: string) => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(content, 'utf16le')])
const texts: readonly Case[] = [
  whole('empty', ''),
  whole('only a comment', '# nothing\n'),
  whole('no dataDir', text('clientPort=2181', 'tickTime=2000')),
  whole('no clientPort', text('dataDir=@/data', 'tickTime=2000')),
  whole('no tickTime', text('dataDir=@/data', 'clientPort=2181')),
  whole('address without port', text('dataDir=@/data', 'clientPortAddress=127.0.0.1')),
  whole('BOM before dataDir', `\ufeff${text('dataDir=@/data', 'clientPort=2181')}`),
  whole('BOM before a comment', `\ufeff# c\n${text(...STANDALONE)}`),
  whole('UTF-16', utf16(text(...STANDALONE))),
  whole('CR only', STANDALONE.join('\r')),
  whole('CR LF', STANDALONE.join('\r\n')),
  whole('other separators', 'tickTime 2000\ndataDir : @/data\nclientPort\t=\t2181\n  initLimit:10'),
  whole('continuation', text(...STANDALONE, 'maxClientCnxns=1\\', '  0')),
  whole('continued into a comment', text(...STANDALONE, 'maxClientCnxns=10\\', '# comment')),
  whole('comment with a backslash', text('# c \\', ...STANDALONE)),
  whole('backslash and a blank', text(...STANDALONE, 'maxClientCnxns=10\\ ', 'initLimit=5')),
  whole('backslash at the end of the file', `${text(...STANDALONE)}maxClientCnxns=10\\`),
  whole('malformed escape', text(...STANDALONE, 'x=C:\\users\\zk')),
  whole('malformed escape in a comment', text('# C:\\users', ...STANDALONE)),
  whole('lost backslash', text(...STANDALONE, 'x=C:\\data')),
  whole('the last of two wins', text('tickTime=abc', ...STANDALONE)),
  whole('broken last of two', text(...STANDALONE, 'tickTime=abc')),
  whole('escaped key', text(...STANDALONE, 'tick\\u0054ime=abc')),
  whole('blank in a key', text(...STANDALONE, '\\ tickTime\\ =abc')),
  whole('blank before server', text(...ENSEMBLE, ...THREE, '\\ server.4=127.0.0.4:2888:3888', ''), {
    'data/myid': '1',
  }),
  whole('several faults', text('tickTime=a', 'initLimit=b', 'syncLimit=c', 'clientPort=d', 'server.x=y', 'group.z=1')),
  whole('raw UTF-8 digits', text(...STANDALONE, 'maxClientCnxns=\u0662')),
  whole('quoted', text(...STANDALONE, 'maxClientCnxns="10"')),
  whole('NUL', text(...STANDALONE, 'a\0b=c\0')),
]

export const CORPUS: readonly Case[] = [...values, ...membership, ...clients, ...dynamics, ...texts]

/** Files with several lines of every kind, so that the first fault of several gives the message. */
export function randomCases(random: () => number, count: number): readonly Case[] {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!
  const keys = [...INT_KEYS, ...BOOLEAN_KEYS, 'tickTime', 'peerType', 'dataDir', 'unknown', 'maxClientCnxns', 'version']
  const line = (): string => {
    const roll = random()
    if (roll < 0.25) return `server.${pick(ids).trim()}=${pick(SERVER_VALUES)}`
    if (roll < 0.4) return `server.${1 + Math.floor(random() * 40)}=127.0.0.${Math.floor(random() * 9)}:2888:3888`
    if (roll < 0.5) return `${pick(['group.1', 'group.2', 'weight.1', 'weight.x'])}=${pick(['1:2', '3', 'x', '1'])}`
    if (roll < 0.6) return `key${Math.floor(random() * 100)}=x`
    return `${pick(keys)}=${pick([...NUMBERS, ...BOOLEANS, '5', '10', 'observer'])}`
  }
  const lines = (most: number, of: () => string) => Array.from({ length: Math.floor(random() * most) }, of)
  const memberLine = (): string => {
    const id = 1 + Math.floor(random() * 5)
    const client = pick(['', '', ';2181', ';127.0.0.1:2181', ';[::1]:2181', ';2182', ';:2181'])
    return `server.${id}=127.0.0.${id}:2888:3888${pick(['', ':participant', ':observer'])}${client}`
  }
  return Array.from({ length: count }, (_, i) => {
    const id = pick(['1', '3', '4', 'x', '1\r\n', '-1'])
    if (random() < 0.4) {
      const fixed = pick([
        [],
        ['clientPort=2181'],
        ['clientPort=2181', 'clientPortAddress=127.0.0.1'],
        ['clientPort=0'],
      ])
      const name = pick(['d', 'd.1f', 'd.xyz', 'd.dynamic'])
      const limits = random() < 0.8 ? ['initLimit=5', 'syncLimit=2'] : ['initLimit=5']
      const config = ['dataDir=@/data', ...fixed, ...limits, `dynamicConfigFile=@/${name}`, ...lines(3, line)]
      const members = [...lines(7, memberLine), ...(random() < 0.2 ? lines(3, line) : [])]
      const next = random() < 0.3 ? { 'zoo.cfg.dynamic.next': text(...lines(5, memberLine), ...lines(2, line)) } : {}
      return {
        name: `random ${i}`,
        files: { 'zoo.cfg': text(...config), [name]: text(...members), 'data/myid': id, ...next },
      }
    }
    const good = random() < 0.5 ? ENSEMBLE : STANDALONE
    const own = random() < 0.5 ? lines(25, line) : [...lines(6, memberLine), ...lines(2, line)]
    return { name: `random ${i}`, files: { 'zoo.cfg': text(...good, ...own), 'data/myid': id } }
  })
}
