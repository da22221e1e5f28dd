import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach } from 'vitest'

delete process.env.FORCE_COLOR
// the user's own sandboxes are not ours; all workers share one place, so that their ports do not meet
process.env.XDG_STATE_HOME = join(tmpdir(), `zkops-test-state-${process.ppid}`)
Object.assign(globalThis, { oclif: { enableAutoTranspile: false } })

afterEach(() => {
  process.exitCode = undefined
})
