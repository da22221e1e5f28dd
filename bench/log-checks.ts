import { spawnSync } from 'node:child_process'
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { BenchLog } from './log-files.ts'
import type { Peers } from './log-peers.ts'
import { type Command, ENV } from './measure.ts'

/** What is measured gives the right results: everybody counts the same records, the text is the tool's byte for byte. */
export function checkOutputs(zkops: (...args: string[]) => Command, peers: Peers, log: BenchLog): void {
  const { file, folder, records } = log
  const output = (command: Command): Buffer => {
    const to = join(folder, '..', 'output')
    const fd = openSync(to, 'w')
    spawnSync(command[0], command.slice(1), { stdio: ['ignore', fd, 'ignore'], env: { ...ENV, TZ: 'UTC' } })
    closeSync(fd)
    const bytes = readFileSync(to)
    rmSync(to)
    return bytes
  }
  const same = (what: string, count: number) => {
    if (count !== records) throw new Error(`${what} gives ${count} records, there are ${records}`)
  }
  const verified = JSON.parse(output(zkops('log', 'verify', '--json', file)).toString())
  same('log verify', verified.files[0].records)
  same('log dump --format jsonl', lines(output(zkops('log', 'dump', '--format', 'jsonl', file))))
  if ('command' in peers.reader) same("ZooKeeper's reader", Number(output(peers.reader.command(folder)).toString()))
  if ('command' in peers.c) same(peers.c.library, Number(output(peers.c.command(file)).toString()))
  if ('command' in peers.toolkit) {
    const theirs = output(peers.toolkit.command(file))
    const ours = output(zkops('log', 'dump', '--format', 'toolkit', file))
    if (!ours.equals(theirs)) throw new Error('log dump --format toolkit differs from what TxnLogToolkit prints')
  }
}

function lines(bytes: Buffer): number {
  let count = 0
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) count++
  return count
}
