import { rule } from '../rule.ts'

export const membersDiffer = rule(
  {
    code: 'health.members-differ',
    summary: 'The ensemble has other members than the inventory or the file says.',
    cause:
      'Members were added or removed, and the inventory was not brought up to date; or a file is not the one in use.',
    evidence: 'Ids that only one side has, and roles that differ.',
    remedy: 'Bring the inventory up to date: zkops config inventory init shows what the ensemble says.',
    source: 'conf, voting_view or /zookeeper/config against the inventory',
  },
  function* ({ expected, membership }) {
    if (expected.servers === null || membership === null) return
    const observersTold = membership.from !== 'voting-view'
    const wanted = expected.servers.filter(({ role }) => observersTold || role === 'participant')
    const here = [...membership.servers.values()].map(({ id, role }) => ({ id: Number(id), role }))
    const only = (a: readonly { readonly id: number }[], b: readonly { readonly id: number }[]) =>
      a.filter(({ id }) => !b.some((one) => one.id === id)).map(({ id }) => id)
    const unknown = only(here, expected.servers)
    const missing = only(wanted, here)
    const roles = here.filter(({ id, role }) => expected.servers!.some((one) => one.id === id && one.role !== role))
    const said = [
      unknown.length === 0 ? '' : `${unknown.join(', ')} not expected`,
      missing.length === 0 ? '' : `${missing.join(', ')} missing`,
      roles.length === 0 ? '' : `${roles.map(({ id, role }) => `${id} is ${role}`).join(', ')}`,
    ].filter((part) => part !== '')
    if (said.length === 0) return
    const evidence = { unknown, missing, roles: roles.map(({ id }) => id) }
    yield {
      severity: 'warning',
      message: `the ensemble's members are not those expected: ${said.join('; ')}`,
      evidence,
    }
  },
)
