import { describe, expect, test } from 'vitest'
import { NO_HISTORY, remembered } from '../../src/operations/ensemble/top/history.ts'
import { firstView, type TopView } from '../../src/operations/ensemble/top/view.ts'
import type { TopLook } from '../../src/operations/ensemble/top/watch.ts'
import { topFrame, topText } from '../../src/render/ensemble-top.ts'
import { createStyle } from '../../src/render/style.ts'
import { topLook, topMember } from '../helpers/top.ts'

const PLAIN = createStyle({ color: false, unicode: false })
const UNICODE = createStyle({ color: false, unicode: true })
const COLOR = createStyle({ color: true, unicode: true })
const VIEW = firstView({ sort: 'id', filter: '', clients: true })

/** As if the same ensemble had been looked at some times before, with growing load. */
function picture(look: TopLook) {
  let history = NO_HISTORY
  for (const part of [0.1, 0.4, 0.2, 1]) {
    const scaled = (value: number | null) => (value === null ? null : value * part)
    const members = look.members.map((one) => ({ ...one, requestsPerS: scaled(one.requestsPerS) }))
    history = remembered(history, { ...look, members, requestsPerS: scaled(look.requestsPerS) })
  }
  return { look, history, everyMs: 2000 }
}

const frame = (look: TopLook, view: Partial<TopView> = {}, size = { columns: 79, rows: 24 }, style = UNICODE) =>
  topFrame(picture(look), { ...VIEW, ...view }, size, style)

describe('a frame', () => {
  test('of 80 × 24', () => {
    const { lines, beyond } = frame(topLook())
    expect(`\n${lines.join('\n')}`).toMatchInlineSnapshot(`
      "
      zkops top  prod                                            12:03:44Z  every 2 s
      3 of 3 voters synced; can lose 1; leader 2 since 3 d

      requests/s       360  ▁▄▂█
      writes/s         3.0  ████
      latency       0.5 ms  ████

      id↑  host           state        req/s   latency   wait  clients    lag
        1  10.0.0.1:2181  following      120    0.5 ms      0       12      0
        2  10.0.0.2:2181  leading        120    0.5 ms      0       12      0
        3  10.0.0.3:2181  following      120    0.5 ms      0       12      0

      client    connections    req/s  queued  servers
      10.1.0.7           20      300       0  1 2
      10.1.0.8           16        -       2  3








      q quit  s sort  r reverse  / filter  p pause  c clients  h help"
    `)
    expect([lines.length, beyond]).toEqual([24, 0])
  })

  test('wide, without Unicode', () => {
    const { lines } = frame(topLook(), { sort: 'requests' }, { columns: 160, rows: 16 }, PLAIN)
    expect(`\n${lines.join('\n')}`).toMatchInlineSnapshot(`
      "
      zkops top  prod                                                                                                                             12:03:44Z  every 2 s
      3 of 3 voters synced; can lose 1; leader 2 since 3 d

      requests/s       360  .=:@
      writes/s         3.0  @@@@
      latency       0.5 ms  @@@@

      id  host           state       req/s*   latency   wait  clients    lag  version  zxid         znodes  watches       data   up
       1  10.0.0.1:2181  following      120    0.5 ms      0       12      0  3.9.5    0x300000123   1,234       77  120.6 KiB  1 h  .=:@
       2  10.0.0.2:2181  leading        120    0.5 ms      0       12      0  3.9.5    0x300000123   1,234       77  120.6 KiB  1 h  .=:@
       3  10.0.0.3:2181  following      120    0.5 ms      0       12      0  3.9.5    0x300000123   1,234       77  120.6 KiB  1 h  .=:@

      client    connections    req/s  queued  servers
      10.1.0.7           20      300       0  1 2
      10.1.0.8           16        -       2  3
      q quit  s sort  r reverse  / filter  p pause  c clients  h help"
    `)
  })

  test('of an ensemble in trouble', () => {
    const members = [
      topMember({ id: 1, ageMs: 7300, state: 'leading' }),
      topMember({
        ...{ id: 2, host: 'zk2', state: 'down', version: null, zxid: null, lag: null, latencyMs: null },
        ...{ requestsPerS: null, recentLatencyMs: null, ageMs: null, outstanding: null, connections: null },
      }),
    ]
    const findings = [
      { code: 'health.fsync-slow', severity: 'warning', message: 'slow', member: '1' },
      { code: 'health.no-quorum', severity: 'error', message: 'quorum is lost: one of three voters serves' },
    ] as const
    const look = topLook({
      ...{ members, findings, hasQuorum: false, leader: 1, leaderUptimeMs: null, clients: [] },
      quorum: { voters: 3, needed: 2, serving: 1, canLose: 0 },
      clientsMissing: [
        { member: '1', why: 'too-many' },
        { member: '2', why: 'not-told' },
      ],
    })
    const { lines } = frame(look, { paused: true, filter: 'k' })
    expect(`\n${lines.join('\n')}`).toMatchInlineSnapshot(`
      "
      zkops top  prod  only: k  PAUSED                           12:03:44Z  every 2 s
      1 of 3 voters synced; quorum is lost: 2 are needed; leader 1
      error: quorum is lost: one of three voters se… (and 1 more: zkops health check)
      requests/s       360  ▁▄▂█
      writes/s         3.0  ████
      latency       0.5 ms  ████

      id↑  host      state    req/s   latency   wait  clients    lag
        2  zk2:2181  down         -         -      -        -      -

      client  connections    req/s  queued  servers
      server 2: does not tell who is connected (cons, or its AdminServer)
      server 1: too many connections to ask who they are (--most-connections)










      q quit  s sort  r reverse  / filter  p pause  c clients  h help"
    `)
  })
})

const SIZES = [
  [1, 1],
  [5, 3],
  [20, 8],
  [39, 10],
  [79, 24],
  [100, 30],
  [131, 50],
  [300, 100],
] as const

const HOSTILE = '\x1b]0;x\x07\x1b[2Jzk\u202e1\n\r\t\u0000\u009b31m日本語\ud800'.repeat(3)

describe.each(SIZES)('%d × %d', (columns, rows) => {
  const looks: readonly (readonly [string, TopLook])[] = [
    ['three members', topLook()],
    ['none', topLook({ members: [], clients: null })],
    [
      'two hundred members and clients',
      topLook({
        members: Array.from({ length: 200 }, (_, i) => topMember({ id: i, host: `zookeeper-${i}.example.org` })),
        clients: Array.from({ length: 200 }, (_, i) => ({
          ...{ address: `10.2.${i}.1`, connections: 200 - i, members: ['1'], queued: 0, requestsPerS: i },
        })),
        clientsLeftOut: 7,
      }),
    ],
    [
      'hostile names',
      topLook({
        ensemble: HOSTILE,
        members: [topMember({ host: HOSTILE, version: HOSTILE })],
        findings: [{ code: 'health.x', severity: 'error', message: HOSTILE, member: HOSTILE }],
        clients: [{ address: HOSTILE, connections: 1, members: [HOSTILE], queued: 0, requestsPerS: 1 }],
        clientsMissing: [{ member: HOSTILE, why: 'not-told' }],
      }),
    ],
    [
      'enormous numbers',
      topLook({
        members: [
          topMember({ requestsPerS: 1e15, latencyMs: 1e12, recentLatencyMs: 1e12, znodes: 2 ** 53, lag: 2 ** 53 }),
        ],
      }),
    ],
  ]

  test.each(looks)('fits: %s', (_what, look) => {
    const views: readonly Partial<TopView>[] = [{}, { scroll: 1e6 }, { help: true }, { typing: true, filter: HOSTILE }]
    for (const view of views) {
      for (const style of [UNICODE, PLAIN]) {
        const { lines } = frame(look, view, { columns, rows }, style)
        expect(lines.length).toBeLessThanOrEqual(Math.max(rows, 8))
        for (const line of lines) {
          expect(line.length, line).toBeLessThanOrEqual(columns)
          expect(line).toMatch(/^[\x20-\x7e…↓↑▁▂▃▄▅▆▇█]*$/)
        }
      }
      const painted = frame(look, view, { columns, rows }, COLOR).lines
      const bare = painted.map((line) => line.replace(/\x1b\[\d+m/g, ''))
      expect(bare.map((line) => line.trimEnd())).toEqual(
        frame(look, view, { columns, rows }).lines.map((line) => line.trimEnd()),
      )
    }
  })
})

test('everything is reached by scrolling', () => {
  const members = Array.from({ length: 60 }, (_, i) => topMember({ id: i + 1, host: `zk${i + 1}` }))
  const seen = new Set<string>()
  let scroll = 0
  for (;;) {
    const { lines, page, beyond } = frame(topLook({ members }), { scroll })
    for (const line of lines) for (const [name] of line.matchAll(/zk\d+|10\.1\.0\.\d/g)) seen.add(name)
    if (scroll >= beyond) break
    scroll += page
  }
  expect(seen.size).toBe(62)
})

test('without a screen the table is as wide as it needs to be, and nothing is coloured', () => {
  const text = topText(picture(topLook()), VIEW, 200, PLAIN)
  expect(text).not.toContain('\x1b')
  expect(text).toContain('0x300000123')
  expect(text).toMatch(/10\.1\.0\.8 +16 +- +2 +3\n\n$/)
})
