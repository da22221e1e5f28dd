import { memberRule } from '../rule.ts'

export const wrongId = memberRule(
  {
    code: 'health.wrong-id',
    summary: 'A server answers with another id than the one it is known by.',
    cause: 'A copied myid file, swapped addresses, or an inventory that is out of date.',
    evidence: 'The id that is expected and the one that it says.',
    remedy: 'Compare myid with the server lines. Two members of the same id must never run at the same time.',
    source: 'conf and the AdminServer tell serverId',
    expectedInMaintenance: false,
  },
  function* ({ place, answer }) {
    const said = answer?.id ?? null
    if (said === null || place.id === null || said === place.id) return
    const message = `it says that it is server ${said}`
    yield { severity: 'error', message, evidence: { expected: place.id, said } }
  },
)
