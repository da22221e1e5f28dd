/* Remedies that put one snapshot, or nothing, in the place of everything. */
import { existsSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { FileChange } from '../../datadir/swap-files.ts'
import { LEFTOVER, UNDO_FOLDER } from '../../datadir/undo-bundle.ts'
import { maxOf, minOf } from '../../support/bigint.ts'
import { LOSES_NOTHING, type Loss } from '../../support/change.ts'
import { hex64 } from '../../support/hex.ts'
import type { Examination } from '../doctor/doctor.ts'
import { logsIn, snapshotsIn } from '../doctor/listing.ts'
import { heldUpTo } from '../doctor/reached.ts'
import { planBuild } from '../snapshot-build/build.ts'
import type { EnsembleProof } from './ensemble-proof.ts'
import { namedZxids } from './named-zxids.ts'
import { lossOf, moveAway, onceMore, refusedTreatment, type Treated, type Work } from './treated.ts'

/** One snapshot of what a start reaches takes the place of a broken chain. */
export async function treatRebuild(examination: Examination, work: Work, folder: string): Promise<Treated> {
  const { start, places, settings, result } = examination
  const plan = (output: string) =>
    planBuild({
      ...work,
      place: places.snapshots,
      logDir: places.logs,
      at: { kind: 'at', at: {} },
      output,
      sessions: 'keep',
      zookeeper: settings.release.line,
      compression: 'none',
      acceptLoss: true,
    })
  const change = await plan(join(folder, 'built'))
  const { steps, loses: missing, base } = change.plan
  if (change.refused !== null) return refusedTreatment(change.refused, missing, change.findings)
  const name = basename(steps.find(({ target }) => basename(target).startsWith('snapshot.'))!.target)
  const zxid = base.zxid as bigint
  const held = (await namedZxids(examination)).reduce(maxOf, heldUpTo(start))
  const old = [...snapshotsIn(start.folders.snapshots, true), ...logsIn(start.folders.logs, true)]
  const away = old.map(({ file }) => file).filter((file) => basename(file) !== name)
  return {
    steps: [
      { action: 'write', target: join(places.snapshots, name), detail: steps[0]!.detail, reversible: true },
      ...away.map((file) => moveAway(file, `${name} stands for it`)),
    ],
    loses: joined(missing, result.loss, zxid < held ? [zxid + 1n, held] : []),
    findings: [],
    refused: null,
    reaches: zxid,
    heals: true,
    writes: true,
    make: async (made) => {
      const output = join(made, 'built')
      await (await plan(output)).apply()
      const put: FileChange = {
        kind: 'put',
        target: join(places.snapshots, name),
        source: join(output, 'version-2', name),
        own: true,
      }
      return [put, ...away.map((target): FileChange => ({ kind: 'remove', target }))]
    },
  }
}

/** All of a version-2; where files of other kinds may lie beside them, only what servers name. */
function isData(name: string, folder: string): boolean {
  if (name === UNDO_FOLDER || LEFTOVER.test(name)) return false
  return basename(folder) === 'version-2' || /^(log|snapshot)\.|Epoch(\.tmp)?$/.test(name)
}

/** What a replay finds missing, and what it does not reach. */
function joined(missing: Loss, losses: Examination['result']['loss'], short: readonly bigint[]): Loss {
  const zxids = losses.flatMap(({ firstZxid, lastZxid }) => (firstZxid === null ? [] : [firstZxid, lastZxid!]))
  const all = [...short, ...zxids, ...(missing.firstZxid === null ? [] : [missing.firstZxid, missing.lastZxid!])]
  if (all.length === 0) return missing
  const [first, last] = [all.reduce(minOf), all.reduce(maxOf)]
  const told = losses.reduce((sum, { records }) => sum + (records ?? 0), 0)
  return { ...missing, firstZxid: first, lastZxid: last, txns: missing.txns > 0 ? missing.txns : told }
}

/** The member starts without data, and keeps who it is. */
export async function treatResync(examination: Examination, proof: EnsembleProof | undefined): Promise<Treated> {
  const { start, places } = examination
  const { snapshots, logs } = start.folders
  const files = [...new Set([snapshots, logs].map(({ path }) => path))].flatMap((path) => {
    const names = (path === snapshots.path ? snapshots : logs).names ?? []
    return names.filter((name) => isData(name, path)).map((name) => join(path, name))
  })
  const markers = [...new Set([snapshots.path, logs.path].map((path) => join(dirname(path), 'initialize')))]
  const marked = markers.filter((file) => basename(dirname(file)) !== 'version-2' && existsSync(file))
  const held = [...(await namedZxids(examination)), ...logsIn(logs, true).map(({ nameZxid }) => nameZxid)]
  const replayed = (start.replayed?.logs ?? []).flatMap(({ lastZxid, end }) => {
    const hidden = end.kind === 'records' ? (end.rest.hidden?.lastZxid ?? null) : null
    return [lastZxid, hidden].filter((zxid) => zxid !== null)
  })
  const known = [...held, ...replayed].filter((zxid) => zxid >= 0n)
  const first = known.reduce(minOf, known[0] ?? 0n)
  const last = known.reduce(maxOf, 0n)
  const asked = await proof?.({ lastZxid: last, examination })
  const away = [...files, ...marked]
  return {
    steps: away.map((file) =>
      moveAway(
        file,
        basename(file) === 'initialize' ? 'it would vote without data' : 'all of it comes from the leader',
      ),
    ),
    loses: asked?.safe || away.length === 0 ? LOSES_NOTHING : lossOf(first, last),
    findings: [
      {
        code: 'data.resync',
        severity: 'warning',
        message:
          asked?.evidence ??
          `safe only while a majority of the ensemble without this member is in sync and at or past ${hex64(last)}, and stays up until it has rejoined`,
        file: places.dir,
        remedy:
          'Start it with -Dzookeeper.db.autocreate=false (3.6 and later), so that it does not vote before it has the data; take that away when it follows.',
      },
    ],
    refused: null,
    reaches: null,
    heals: false,
    writes: false,
    ...(asked?.safe ? { stillSafe: onceMore(proof!, { lastZxid: last, examination }) } : {}),
    make: () => Promise.resolve(away.map((target): FileChange => ({ kind: 'remove', target }))),
  }
}
