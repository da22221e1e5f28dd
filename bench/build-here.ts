// One snapshot build of a whole directory, for bench/restore.ts: node build-here.mjs DIRECTORY
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { planBuild } from '../src/operations/snapshot-build/build.ts'
import { noProgress } from '../src/support/progress.ts'

const directory = process.argv[2]!
const output = join(directory, 'built')
const change = await planBuild({
  place: directory,
  at: { kind: 'at', at: {} },
  output,
  sessions: 'keep',
  compression: 'none',
  acceptLoss: false,
  juteMaxbuffer: 1_048_575,
  signal: new AbortController().signal,
  progress: noProgress,
})
const startedAt = performance.now()
const { verified } = await change.apply()
const writeMs = performance.now() - startedAt
rmSync(output, { recursive: true })
const nodes = Number(/^\d+/.exec(verified[1]!.detail)![0])
console.log(JSON.stringify({ nodes, writeMs, peakMiB: process.resourceUsage().maxRSS / 1024 }))
