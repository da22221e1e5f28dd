import { memberKey } from '../../ensemble/overview.ts'
import { memberRule } from '../rule.ts'

/** The clock of the kernel counts seconds, and a file may be put there by whoever starts the server. */
const SLACK_MS = 60_000

export const restartPending = memberRule(
  {
    code: 'health.restart-pending',
    summary: 'Its configuration was changed after it was started.',
    cause: 'Somebody, or a tool, wrote the file and did not restart the server.',
    evidence: 'When it was started, and when the file was changed.',
    remedy: 'See with zkops config diff --live what would change; restart it in a quiet hour, or put the file back.',
    source:
      'the time of its zoo.cfg and the start of its process, with --local; not of files that servers write themselves',
  },
  function* (member, { local }) {
    const facts = local.get(memberKey(member))
    const { config = null, startedAtMs = null } = facts ?? {}
    // a server with a dynamic file writes both files at a reconfiguration
    if (config === null || startedAtMs === null || config.dynamic) return
    if (config.changedAtMs < startedAtMs + SLACK_MS) return
    const [started, changed] = [startedAtMs, config.changedAtMs].map((ms) => new Date(ms).toISOString())
    const message = 'its configuration was changed after it was started'
    yield { severity: 'warning', message, evidence: { started, changed, file: config.file } }
  },
)
