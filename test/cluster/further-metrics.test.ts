import { expect, test } from 'vitest'
import { adminCommand } from '../../src/cluster/admin/admin-server.ts'
import { clockMetrics, heapMetrics, snapshotMetrics } from '../../src/cluster/observe/further-metrics.ts'
import { metricsFrom } from '../../src/cluster/observe/keys.ts'
import type { MemberAnswer, ObservedMember } from '../../src/cluster/observe/model.ts'
import { topClient } from '../../src/cluster/observe/top-client.ts'
import { fakeMember } from '../helpers/fake-member.ts'

const of = (metrics: ReadonlyMap<string, number>) => Object.fromEntries(metrics)
const MB = 2 ** 20

test('the heap, as the AdminServer and the Prometheus provider tell it', () => {
  const environment = { 'os.memory.free': '53MB', 'os.memory.total': '64MB', 'os.memory.max': '1000MB' }
  expect(of(heapMetrics(environment))).toEqual({ heap_used: 11 * MB, heap_max: 1000 * MB })
  for (const wrong of ['', 'many', '-1MB', '1GB', '99999999999MB']) {
    expect(of(heapMetrics({ ...environment, 'os.memory.max': wrong }))).toEqual({})
  }
  const told = metricsFrom([
    ['jvm_memory_bytes_used{area="heap"}', '1.5E7'],
    ['jvm_memory_bytes_used{area="nonheap"}', '7.0'],
    ['jvm_memory_max_bytes{area="heap",}', 1000],
  ])
  expect(told.get('heap_used')).toBe(15_000_000)
  expect(told.get('heap_max')).toBe(1000)
})

test('the last snapshot; none at all is no number', () => {
  const made = snapshotMetrics({ zxid: '500000010', timestamp: 1_790_000_000 })
  expect(of(made)).toEqual({ snapshot_epoch: 5, snapshot_counter: 16, snapshot_at: 1_790_000_000_000 })
  expect(of(snapshotMetrics({ zxid: '0xffffffffffffffff', timestamp: -1 }))).toEqual({})
  expect(of(snapshotMetrics({ zxid: 7, timestamp: 'x' }))).toEqual({})
  expect(of(snapshotMetrics({}))).toEqual({})
})

const page = (json: unknown, date: string) =>
  `HTTP/1.1 200 OK\r\nDate: ${date}\r\nContent-Type: application/json\r\n\r\n${JSON.stringify(json)}`

test('a clock that is ahead or behind is so in what it says, and an equal one may be equal', async () => {
  for (const offsetMs of [-60_000, 0, 60_000]) {
    const date = new Date(Date.now() + offsetMs).toUTCString()
    const line = 'GET /commands/configuration HTTP/1.0'
    const pages = { [line]: page({ command: 'configuration', error: null }, date) }
    await using admin = await fakeMember({ kind: 'pages', pages })
    const { clock } = await adminCommand({ host: '127.0.0.1', port: admin.port }, 'configuration', { timeoutMs: 5000 })
    expect(clock!.lowMs).toBeLessThanOrEqual(offsetMs)
    expect(clock!.highMs).toBeGreaterThanOrEqual(offsetMs)
    expect(clock!.highMs - clock!.lowMs).toBeLessThan(5000)
  }
  expect(of(clockMetrics(null))).toEqual({})
})

function memberAt(clientPort: number | null, adminPort: number | null): ObservedMember {
  const admin = adminPort === null ? null : { host: '127.0.0.1', port: adminPort }
  const place = { id: 1, host: '127.0.0.1', clientPort, securePort: null, admin, role: null }
  return { place, answer: { via: adminPort === null ? '4lw' : 'admin' } as MemberAnswer, failures: [] }
}

const options = { timeoutMs: 5000, tls: null }

test('the client with the most connections, by cons and by the AdminServer', async () => {
  const line = (address: string) => ` /${address}[1](queued=0,recved=5,sent=5,sid=0x1)\n`
  const addresses = ['10.0.0.1:5', '10.0.0.2:6', '10.0.0.2:7', '[0:0:0:0:0:0:0:1]:8']
  await using words = await fakeMember({ kind: 'words', words: { cons: addresses.map(line).join('') } })
  expect(await topClient(memberAt(words.port, null), options)).toEqual({ address: '10.0.0.2', connections: 2 })
  await using shut = await fakeMember({ kind: 'words', words: {} })
  expect(await topClient(memberAt(shut.port, null), options)).toBeNull()
  const connections = addresses.map((remote_socket_address) => ({ remote_socket_address }))
  const body = { command: 'connections', error: null, connections, secure_connections: [connections[0], null, 7] }
  const pages = { 'GET /commands/connections HTTP/1.0': page(body, new Date().toUTCString()) }
  await using admin = await fakeMember({ kind: 'pages', pages })
  expect(await topClient(memberAt(null, admin.port), options)).toMatchObject({ connections: 2 })
})
