import { expect, test } from 'vitest'
import { observeEnsemble } from '../../src/cluster/observe/ensemble.ts'
import { overviewOf } from '../../src/operations/ensemble/overview.ts'
import { judge, nextState } from '../../src/operations/health/judge.ts'
import { limitsFrom } from '../../src/operations/health/limits.ts'
import { RULES } from '../../src/operations/health/rules/index.ts'
import { healthView } from '../../src/operations/health/view.ts'
import { jsonText } from '../../src/render/json.ts'
import { fakeMember, fakeWords } from '../helpers/fake-member.ts'
import { FULL, seeded } from '../helpers/fixtures.ts'

const TIMES = FULL ? 5000 : 300
const random = seeded(8)
const below = (limit: number) => Math.floor(random() * limit)

/** What a broken or hostile member could say: bytes changed, cut out, doubled, numbers made absurd. */
function damaged(text: string): string {
  const at = below(text.length)
  const end = at + below(40)
  switch (below(5)) {
    case 0:
      return text.slice(0, at) + String.fromCharCode(below(256)) + text.slice(at + 1)
    case 1:
      return text.slice(0, at) + text.slice(end)
    case 2:
      return text.slice(0, end) + text.slice(at)
    case 3:
      return text.replace(/\d+/, () => ['-1', '1e999', '99999999999999999999', 'NaN', '0x', ''][below(6)]!)
    default:
      return text.slice(0, at)
  }
}

test('whatever members say ends in a verdict', async () => {
  const lines = [1, 2, 3].map((id) => `server.${id}=127.0.0.1:1:2:participant;127.0.0.1:1`)
  const words = fakeWords({ id: 1, mode: 'leader', zxid: '0x100000009', membership: [...lines, 'version=100000000'] })
  const admin = {
    configuration: { command: 'configuration', error: null, server_id: 1, client_port: 2181 },
    monitor: { command: 'monitor', error: null, server_state: 'leader', znode_count: 5, avg_latency: 0.5 },
    server_stats: {
      command: 'server_stats',
      error: null,
      server_stats: { last_processed_zxid: 12345678901234567890n },
    },
    zabstate: { command: 'zabstate', error: null, myid: 1, last_zxid: '0x5', zabstate: 'broadcast' },
    voting_view: { command: 'voting_view', error: null, current_config: { 1: { server_addresses: ['a:1'] } } },
  }
  let answers = 0
  for (let i = 0; i < TIMES; i++) {
    const broken = Object.fromEntries(
      Object.entries(words).map(([word, text]) => [word, below(3) === 0 ? text : damaged(text)]),
    )
    const pages = Object.entries(admin).map(([command, body]) => {
      const json = JSON.stringify(body, (_key, value) => (typeof value === 'bigint' ? Number(value) : value))
      return [`GET /commands/${command} HTTP/1.0`, `HTTP/1.1 200 OK\r\n\r\n${below(3) === 0 ? json : damaged(json)}`]
    })
    await using member = await fakeMember({ kind: 'words', words: broken })
    await using server = await fakeMember({ kind: 'pages', pages: Object.fromEntries(pages) })
    const place = { id: 1, host: '127.0.0.1', clientPort: member.port, securePort: null, role: null }
    const at = { ...place, admin: i % 2 === 0 ? null : { host: '127.0.0.1', port: server.port } }
    const observed = await observeEnsemble([at], { timeoutMs: 500, tls: null, discover: false })
    const overview = overviewOf(observed)
    const expected = { servers: null, zones: new Map(), ensemble: false }
    const limits = limitsFrom({}, { warn: [], critical: [] })
    const first = healthView(overview, expected, null)
    const state = nextState(first, 'fuzz', judge(first, RULES, limits, null))
    const before = JSON.parse(JSON.stringify({ form: 1, ...state }))
    jsonText(judge(healthView({ ...overview, at: new Date(Date.now() + 1000) }, expected, before), RULES, limits, null))
    if (observed.members[0]!.answer !== null) answers++
  }
  expect(answers).toBeGreaterThan(TIMES / 3)
}, 600_000)
