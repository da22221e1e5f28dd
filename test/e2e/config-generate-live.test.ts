import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { fourLetterWord } from '../../src/cluster/admin/four-letter.ts'
import { planGenerate } from '../../src/operations/generate-config/generate.ts'
import { locate } from '../../src/sandbox/locate.ts'
import { freePorts } from '../../src/sandbox/ports.ts'
import { isRunning, readIdentity, signalProcess, spawnServer, waitForExit } from '../../src/sandbox/process.ts'
import { findJava } from '../../src/sandbox/programs.ts'
import { noProgress } from '../../src/support/progress.ts'
import { run } from '../helpers/cli.ts'
import { FULL } from '../helpers/fixtures.ts'
import { RELEASES } from '../helpers/oracle.ts'

/** Memory that eight servers at once may have; the collector and every other flag are the generated ones. */
const OVERRIDES = ['-Xms64m', '-Xmx192m', '-XX:MaxDirectMemorySize=64m', '-XX:-AlwaysPreTouch']
const cases = RELEASES.flatMap((version) =>
  (FULL ? ['dev', 'small', 'medium', 'large', 'observer', 'cross-dc'] : ['medium']).map(
    (profile) => [profile, version] as const,
  ),
).filter(([, version]) => FULL || ['3.5.10', '3.9.5'].includes(version))

/** What install.sh does, into directories of this machine instead of the system's. */
function install(folder: string, id: number): readonly string[] {
  const conf = join(folder, 'etc', String(id))
  const [data, log] = [join(folder, 'data', String(id)), join(folder, 'log', String(id))]
  for (const directory of [data, log]) mkdirSync(join(directory, 'version-2'), { recursive: true })
  cpSync(join(folder, 'out', String(id)), conf, { recursive: true })
  cpSync(join(conf, 'myid'), join(data, 'myid'))
  const text = readFileSync(join(conf, 'zoo.cfg'), 'utf8')
  const logDir = /^dataLogDir=(.*)$/m.exec(text)?.[1] ?? /^dataDir=(.*)$/m.exec(text)![1]!
  try {
    cpSync(join(conf, 'initialize'), join(logDir, 'initialize'))
  } catch (error) {
    // releases without db.autocreate have none
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  return [conf, join(conf, 'zoo.cfg')]
}

async function mode(port: number): Promise<string> {
  const answer = await fourLetterWord('127.0.0.1', port, 'srvr', { timeoutMs: 2000 }).catch(() => '')
  return /^Mode: (\w+)$/m.exec(answer)?.[1] ?? ''
}

describe.each(cases)('three members and an observer of %s on %s', (profile, version) => {
  test('start from the generated files, elect and serve', async () => {
    const { classPath } = await locate({ version, progress: noProgress })
    const folder = mkdtempSync(join(tmpdir(), 'zkops-generated-'))
    const ids = [1, 2, 3, 4]
    const ports = await freePorts(16, new Set())
    const clientPort = (id: number) => ports[(id - 1) * 4 + 2]!
    const servers = ids.map((id) => {
      const [quorum, election, client] = ports.slice((id - 1) * 4)
      return `${id}=127.0.0.1:${quorum}:${election}:${id === 4 ? 'observer' : 'participant'};127.0.0.1:${client}`
    })
    const { change } = planGenerate({
      ...{
        profile,
        servers,
        zookeeper: version,
        output: join(folder, 'out'),
        facts: {},
        set: [],
        detect: false,
        name: 'zookeeper',
      },
      ...{ dataDir: join(folder, 'data'), logDir: profile === 'dev' ? undefined : join(folder, 'log') },
      ...{ confDir: join(folder, 'etc'), zookeeperHome: '/opt/zookeeper', extras: [] },
    })
    await change.apply()
    const pidFile = (id: number) => join(folder, `${id}.pid`)
    try {
      for (const id of ids) {
        const [conf, config] = install(folder, id)
        const sourced = await run('sh', ['-euc', `. '${conf}/java.env'; printf %s "$SERVER_JVMFLAGS"`])
        spawnServer({
          cwd: folder,
          pidFile: pidFile(id),
          logFile: join(folder, `${id}.log`),
          command: [
            ...[findJava(), ...sourced.stdout.split(' '), ...OVERRIDES, '-cp', [conf!, ...classPath].join(':')],
            ...['org.apache.zookeeper.server.quorum.QuorumPeerMain', config!],
          ],
        })
      }
      const deadline = performance.now() + 90_000
      let modes: readonly string[] = []
      while (modes.includes('') || modes.length === 0) {
        const log = () => ids.map((id) => readFileSync(join(folder, `${id}.log`), 'utf8').slice(-2000)).join('\n--\n')
        if (performance.now() > deadline) throw new Error(`not serving: ${modes.join(' ')}\n${log()}`)
        await sleep(500)
        modes = await Promise.all(ids.map((id) => mode(clientPort(id))))
      }
      expect([...modes].sort()).toEqual(['follower', 'follower', 'leader', 'observer'])
      // clients of 3.4 and 3.6 do not get along with newer Java
      const { classPath: newest } = await locate({ version: '3.9.5', progress: noProgress })
      const zk = async (id: number, ...command: readonly string[]) => {
        const main = ['-cp', newest.join(':'), 'org.apache.zookeeper.ZooKeeperMain']
        return (await run(findJava(), [...main, '-server', `127.0.0.1:${clientPort(id)}`, ...command])).stdout
      }
      await zk(1, 'create', '/made', 'here')
      expect(await zk(4, 'ls', '/')).toContain('[made, zookeeper]')
      for (const id of ids) expect(isRunning(readIdentity(pidFile(id))!)).toBe(true)
    } finally {
      for (const id of ids) {
        const identity = readIdentity(pidFile(id))
        if (identity === undefined) continue
        signalProcess(identity, 'SIGTERM')
        if (!(await waitForExit(identity, 15_000))) signalProcess(identity, 'SIGKILL')
      }
      rmSync(folder, { recursive: true })
    }
  }, 180_000)
})
