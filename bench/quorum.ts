import { checkPlan, type QuorumPlan, type Step } from '../src/cluster/check-plan.ts'
import { parseMembership } from '../src/cluster/membership.ts'
import { type Present, planReconfig } from '../src/operations/reconfig/plan.ts'
import type { Row } from './main.ts'
import { median } from './measure.ts'
import { atMost } from './rows.ts'

const ROUNDS = 21

/** Plans of seven members and three steps, each moment with every loss. */
export function quorum(): Row[] {
  const groups = ['group.1=1:2:3', 'group.2=4:5', 'group.3=6:7']
  const parse = (ids: string, more: readonly string[] = []) => parseMembership([...ids.split(','), ...more])
  const plan = (from: ReturnType<typeof parse>, steps: readonly Step[]): QuorumPlan => ({
    ...{ from, steps, down: [], behind: [], empty: [] },
    failures: 2,
    emptyReturns: true,
  })
  const grow = plan(parse('1,2,3,4'), [
    ...['1,2,3,4,5', '1,2,3,4,5,6', '1,2,3,4,5,6,7'].map((ids): Step => ({ kind: 'reconfig', to: parse(ids) })),
  ])
  const regroup = plan(parse('1,2,3,4,5,6,7', groups), [
    { kind: 'reconfig', to: parse('1,2,3,4,5,6,7') },
    { kind: 'files', to: parse('1,2,3,4,5,6') },
    { kind: 'restart', ids: [1, 2, 3, 4, 5, 6] },
  ])
  return [
    atMost('plan of 3 members more, one after the other', timeOf(grow), 200, 'ms'),
    atMost('plan from groups to majorities, then a roll', timeOf(regroup), 200, 'ms'),
    atMost('reconfig apply: 7 members, 3 steps, planned', timeOfChange(), 200, 'ms'),
  ]
}

function timeOf(plan: QuorumPlan): number {
  return timed(() => checkPlan(plan))
}

/** Two members move, and one is another. */
function timeOfChange(): number {
  const line = (id: number, host = `zk${id}`) => `server.${id}=${host}:2888:3888:participant;2181`
  const ids = [1, 2, 3, 4, 5, 6, 7]
  const present: Present = {
    ...{ ensemble: 'prod', version: 1n, membership: parseMembership(ids.map((id) => line(id))) },
    seen: new Map([...ids, 8].map((id) => [id, { runs: true, synced: true, as: id === 7 ? 'leader' : 'follower' }])),
    ...{ retired: new Set(), standaloneEnabled: false },
  }
  const entries = [line(1, 'new1'), line(2, 'new2'), ...[3, 4, 5, 7, 8].map((id) => line(id))]
  const { requests } = planReconfig({ kind: 'apply', entries }, present)
  if (requests.length !== 3) throw new Error(`${requests.length} steps were planned`)
  return timed(() => planReconfig({ kind: 'apply', entries }, present))
}

function timed(work: () => unknown): number {
  const times = Array.from({ length: ROUNDS }, () => {
    const startedAt = performance.now()
    work()
    return performance.now() - startedAt
  })
  return median(times)
}
