import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import type { ConfigRead, ReconfigRequest, Session } from '../../src/cluster/client/session.ts'
import { parseMembership } from '../../src/cluster/membership.ts'
import type { ReconfigStep } from '../../src/operations/reconfig/plan.ts'
import { request } from '../../src/operations/reconfig/request.ts'
import type { Sessions } from '../../src/operations/reconfig/sessions.ts'
import { type ErrorCode, ZkopsError } from '../../src/support/errors.ts'

const line = (id: number) => `server.${id}=zk${id}:2888:3888:participant;0.0.0.0:2181`
const OLD = [1, 2, 3].map(line)
const NEW = [1, 2, 3, 4].map(line)
const STEP: ReconfigStep = { joining: line(4), leaving: null, members: null, to: parseMembership(NEW) }

/** What the ensemble does with a request, and what of it the caller sees. */
interface Answer {
  readonly carriedOut: boolean
  readonly error: ErrorCode | null
}

/** A server side that holds one configuration and answers as the script says; then honestly. */
function ensemble(script: readonly Answer[], reads: readonly ErrorCode[] = []) {
  const state = { version: 5n, lines: OLD, sent: [] as ReconfigRequest[] }
  const answers = [...script]
  const failures = [...reads]
  const fail = (code: ErrorCode) => {
    throw new ZkopsError(code, `scripted: ${code}`)
  }
  const read = (): ConfigRead => ({
    text: [...state.lines, `version=${state.version.toString(16)}`].join('\n'),
    version: state.version,
  })
  const session = {
    sync: async () => {
      const failure = failures.shift()
      if (failure !== undefined) fail(failure)
    },
    config: async () => read(),
    reconfig: async (sent: ReconfigRequest) => {
      state.sent.push(sent)
      if (sent.version !== state.version) return fail('server.bad-version')
      const answer = answers.shift() ?? { carriedOut: true, error: null }
      if (answer.carriedOut) Object.assign(state, { lines: NEW, version: state.version + 10n })
      return answer.error === null ? read() : fail(answer.error)
    },
  } as unknown as Session
  const sessions = { with: (work: (session: Session) => unknown) => work(session) } as unknown as Sessions
  return { state, run: () => request(STEP, 5n, { sessions, signal: new AbortController().signal }) }
}

const LOST: readonly ErrorCode[] = [
  'server.connection-loss',
  'server.timeout',
  'server.session-expired',
  'server.refused',
]

describe('an answer that is lost', () => {
  test.each(LOST)('%s although it was carried out', async (error) => {
    const { run, state } = ensemble([{ carriedOut: true, error }], ['server.connection-loss'])
    expect((await run()).version).toBe(15n)
    expect(state.sent.length).toBe(1)
  })

  test.each(LOST)('%s, and it was not carried out: it is sent again, on the same version', async (error) => {
    const { run, state } = ensemble([
      { carriedOut: false, error },
      { carriedOut: false, error },
    ])
    expect((await run()).version).toBe(15n)
    expect(state.sent.map(({ version }) => version)).toEqual([5n, 5n, 5n])
  })

  test('it is carried out while it is sent again', async () => {
    const { run, state } = ensemble([{ carriedOut: false, error: 'server.connection-loss' }])
    const running = run()
    await sleep(50)
    Object.assign(state, { lines: NEW, version: 9n })
    expect((await running).version).toBe(9n)
  })

  test('another change is on its way, and ends', async () => {
    const { run } = ensemble([{ carriedOut: false, error: 'server.reconfig-in-progress' }])
    expect((await run()).version).toBe(15n)
  })
})

describe('refusals', () => {
  test('somebody else was faster', async () => {
    const { run, state } = ensemble([])
    Object.assign(state, { lines: OLD.slice(0, 2), version: 7n })
    await expect(run()).rejects.toMatchObject({
      code: 'refused.moved',
      message: expect.stringContaining('version 0x7 is agreed on now, 0x5 was planned on'),
      hint: expect.stringContaining('server.2=zk2'),
    })
  })

  test('somebody else did the same', async () => {
    const { run, state } = ensemble([])
    Object.assign(state, { lines: [...NEW].reverse(), version: 7n })
    expect((await run()).version).toBe(7n)
  })

  test.each<[ErrorCode, string]>([
    ['server.reconfig-disabled', 'refused.reconfig-disabled'],
    ['server.unimplemented', 'refused.standalone'],
    ['server.bad-arguments', 'refused.bad-arguments'],
    ['server.marshalling-error', 'refused.bad-arguments'],
    ['server.new-config-no-quorum', 'refused.no-quorum'],
    ['server.no-auth', 'refused.not-authorised'],
  ])('%s', async (error, code) => {
    const { run, state } = ensemble([{ carriedOut: false, error }])
    await expect(run()).rejects.toMatchObject({ code, hint: expect.stringMatching(/\.$/) })
    expect(state.sent.length).toBe(1)
  })
})
