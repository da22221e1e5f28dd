import { describe, expect, test } from 'vitest'
import { canonicalServer, isQuorum, readEnsemble } from '../../src/config/ensemble.ts'
import { ipv4, ipv6 } from '../../src/config/java/inet.ts'
import { parseJvmEnv } from '../../src/config/jvm-env.ts'
import { isSince, releaseOf } from '../../src/config/release.ts'
import { versionOfName } from '../../src/config/verdict/verdict.ts'

const ensembleOf = (...lines: readonly string[]) =>
  readEnsemble(
    lines.map((line, i) => {
      const [key, value] = line.split(/=(.*)/s) as [string, string]
      return { key, value, file: 'zoo.cfg', line: i + 1 }
    }),
  )

describe('server lines', () => {
  test.each([
    ['host:2888:3888', [['host', 2888, 3888]], 'participant', null],
    ['host:2888:3888:OBSERVER;2181', [['host', 2888, 3888]], 'observer', ['0.0.0.0', 2181]],
    ['[2001:db8::1]:2888:3888;[::]:2181', [['2001:db8::1', 2888, 3888]], 'participant', ['::', 2181]],
    [
      'a:1:2:participant|b:3:4:participant;c:5',
      [
        ['a', 1, 2],
        ['b', 3, 4],
      ],
      'participant',
      ['c', 5],
    ],
    ['host:2888', [['host', 2888, null]], 'participant', null],
  ] as const)('%s', (value, addresses, role, client) => {
    const { servers, unreadable } = ensembleOf(`server.7=${value}`)
    const server = servers.get(7n)!
    expect(unreadable).toEqual([])
    expect(server.addresses.map((one) => [one.host, one.quorumPort, one.electionPort])).toEqual(addresses)
    expect([server.role, server.client && [server.client.host, server.client.port]]).toEqual([role, client])
  })

  test.each(['host', 'host:x:y', 'a:1:2:voter', '[::1:2888:3888', 'a:1:70000'])(
    '%s is none in any release',
    (value) => {
      expect(ensembleOf(`server.1=${value}`)).toMatchObject({ unreadable: [{ line: 1 }] })
    },
  )

  test('equal members have one canonical line', () => {
    const line = (value: string) => canonicalServer(ensembleOf(`server.1=${value}`).servers.get(1n)!)
    expect(line('B:3:4|A:1:2;[::0]:9')).toBe(line('a:1:2:participant|b:3:4:participant;[::]:9'))
    expect(line('a:1:2;2181')).not.toBe(line('a:1:2'))
  })
})

test('quorums by majority and by groups', () => {
  const servers = [1, 2, 3, 4, 5].map((id) => `server.${id}=h${id}:1:2`)
  const majority = ensembleOf(...servers, 'server.6=h6:1:2:observer')
  expect(isQuorum(majority, new Set([1n, 2n, 3n]))).toBe(true)
  expect(isQuorum(majority, new Set([1n, 2n, 6n]))).toBe(false)
  const groups = ensembleOf(...servers, 'group.1=1:2', 'group.2=3:4', 'group.3=5', 'weight.5=0', 'weight.4=3')
  expect(isQuorum(groups, new Set([1n, 2n, 4n]))).toBe(true)
  expect(isQuorum(groups, new Set([1n, 2n, 3n, 5n]))).toBe(false)
})

test('java.env is read as the shell and zkEnv.sh would', () => {
  const text = [
    '# SERVER_JVMFLAGS="-Xmx1m"',
    'export ZK_SERVER_HEAP=2048 # megabytes',
    'export SERVER_JVMFLAGS="-Xms512m \\',
    '  -Dzookeeper.snapCount=5 -Dfoo=a -Dflag $SERVER_JVMFLAGS"',
    "JVMFLAGS='-XX:MaxDirectMemorySize=1g -XX:+UseG1GC'",
    'export CLIENT_JVMFLAGS="-Xmx256m -Dzookeeper.client=1"',
  ].join('\n')
  const env = parseJvmEnv('java.env', text)
  expect(env).toMatchObject({
    heapBytes: 2 ** 31,
    startHeapBytes: 2 ** 29,
    directBytes: 2 ** 30,
    others: ['-XX:+UseG1GC'],
  })
  expect([...env.properties]).toEqual([
    ['zookeeper.snapCount', { value: '5', line: 3 }],
    ['foo', { value: 'a', line: 3 }],
    ['flag', { value: '', line: 3 }],
  ])
  expect(parseJvmEnv('java.env', 'ZK_SERVER_HEAP=1000\nSERVER_JVMFLAGS=-Xmx4g').heapBytes).toBe(2 ** 32)
})

test.each([
  ['127.1', '127.0.0.1'],
  ['2130706433', '127.0.0.1'],
  ['1.2.3.4', '1.2.3.4'],
  ['256.0.0.1', undefined],
  ['1.2.3.', undefined],
  ['1.2.3.4.5', undefined],
])('IPv4 %s', (text, expected) => {
  expect(ipv4(text)).toBe(expected)
})

test.each([
  ['::1', '0:0:0:0:0:0:0:1'],
  ['2001:DB8::', '2001:db8:0:0:0:0:0:0'],
  ['::ffff:1.2.3.4', '1.2.3.4'],
  ['fe80::1%eth0', 'fe80:0:0:0:0:0:0:1'],
  ['1:2', undefined],
])('IPv6 %s', (text, expected) => {
  expect(ipv6(text)).toBe(expected)
})

test.each([
  ['zoo.cfg.dynamic.100000000', '100000000'],
  ['/etc/zk1.example.de', 'de'],
  ['members', null],
  ['members.dynamic', null],
  ['members.-1', 'ffffffffffffffff'],
  ['members.ffffffffffffffff', null],
])('version of %s', (name, version) => {
  expect(versionOfName(name)).toBe(version)
})

test('releases', () => {
  expect(releaseOf('3.8')).toMatchObject({ line: '3.8', patch: 6 })
  expect(releaseOf('3.8.0')).toMatchObject({ line: '3.8', patch: 0 })
  for (const name of ['3.3', '3.10', '3', '4.0', '3.8.x', '']) expect(releaseOf(name)).toBeUndefined()
  const since = (name: string, first: string) => isSince(releaseOf(name)!, first)
  expect([since('3.5.9', '3.5.10 3.6.0'), since('3.5.10', '3.5.10 3.6.0'), since('3.6.0', '3.5.10 3.6.0')]).toEqual([
    false,
    true,
    true,
  ])
  expect([since('3.4.14', '3.4.10 3.5.4'), since('3.5.3', '3.4.10 3.5.4'), since('3.9', '3.4.10 3.5.4')]).toEqual([
    true,
    false,
    true,
  ])
})
