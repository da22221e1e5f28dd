import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Row } from './main.ts'
import { type Command, median, runOnce } from './measure.ts'

const FILES = 1000
const ROUNDS = 7

/** `config lint` of one file, over `node -e 0`, and of a thousand members, every release line's verdict included. */
export function config(root: string): Row[] {
  const folder = mkdtempSync(join(tmpdir(), 'zkops-bench-config-'))
  const servers = Array.from({ length: 3 }, (_, i) => `server.${i + 1}=zk${i + 1}.example.org:2888:3888;2181\n`).join(
    '',
  )
  const text = `tickTime=2000\ndataDir=/var/lib/zookeeper\ninitLimit=10\nsyncLimit=5\nautopurge.purgeInterval=1\n${servers}`
  for (let i = 1; i <= FILES; i++) {
    mkdirSync(join(folder, String(i)))
    writeFileSync(join(folder, String(i), 'zoo.cfg'), text)
    writeFileSync(join(folder, String(i), 'myid'), `${(i % 3) + 1}\n`)
  }
  const lint = (place: string): Command => [process.execPath, join(root, 'bin/run.js'), 'config', 'lint', place]
  const time = (command: Command) => runOnce(command, [0, 1])
  time(lint(join(folder, '1')))
  const rounds = Array.from({ length: ROUNDS }, () => ({
    bare: time([process.execPath, '-e', '0']),
    one: time(lint(join(folder, '1'))),
    all: time(lint(folder)),
  }))
  rmSync(folder, { recursive: true })
  const one = median(rounds.map(({ one }) => one.wallMs))
  const extra = median(rounds.map(({ one, bare }) => one.wallMs - bare.wallMs))
  const all = median(rounds.map(({ all }) => all.wallMs))
  return [
    { job: 'config lint of one file', value: `${one.toFixed(0)} ms`, target: '<= 150 ms', ok: one <= 150 },
    {
      job: 'config lint of one file, over node -e 0',
      value: `${extra.toFixed(0)} ms`,
      target: '<= 110 ms',
      ok: extra <= 110,
    },
    { job: `config lint of ${FILES} files`, value: `${all.toFixed(0)} ms`, target: '<= 2000 ms', ok: all <= 2000 },
  ]
}
