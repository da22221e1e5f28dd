// Writes all the time at one server, and prints what was acknowledged; ends with the session.
// A process of its own: the addon does not find its way back once a server that it was connected to is gone.
import { setTimeout as sleep } from 'node:timers/promises'
import { withSession } from '../../src/cluster/client/session.ts'

const [, , connect, folder, prefix] = process.argv as unknown as [string, string, string, string, string]
try {
  await withSession({ connect, timeoutMs: 3000 }, async (session) => {
    await session.create(folder, null).catch(() => {})
    for (let n = 0; ; n++) {
      await session.create(`${folder}/${prefix}-${n}`, null)
      console.log(`${prefix}-${n}`)
      await sleep(5)
    }
  })
} catch {
  process.exit(1)
}
