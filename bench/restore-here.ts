// One restore of a whole directory, for bench/restore.ts: node restore-here.mjs DIRECTORY
import { restore } from '../src/operations/restore.ts'
import { noProgress } from '../src/support/progress.ts'

const directory = process.argv[2]!
const startedAt = performance.now()
let loadedAt = 0
const { tree, proof } = await restore({
  snapshots: [directory],
  logs: process.argv[3] === 'load' ? [] : [directory],
  juteMaxbuffer: 1_048_575,
  signal: new AbortController().signal,
  progress: { ...noProgress, start: () => void (loadedAt ||= performance.now()) },
})
const now = performance.now()
const { nodes } = tree.counts()
const loadMs = (loadedAt || now) - startedAt
console.log(
  JSON.stringify({
    loadMs,
    replayMs: now - startedAt - loadMs,
    nodes,
    txns: proof.txns,
    checked: proof.checked,
    mismatch: proof.firstMismatch === null ? null : String(proof.firstMismatch.zxid),
    digest: String(tree.digest()),
    bytesPerNode: tree.kernel.memoryBytes() / nodes,
    peakMiB: process.resourceUsage().maxRSS / 1024,
  }),
)
