/*
 * log salvage:
 *
 * 1. Every log is surveyed: framed records, records whose payload is proven though something around it is wrong, and
 *    whatever is found behind lost framing (formats/txnlog/survey.ts).
 * 2. Of what is valid, the runs that rise in zxid and hold most are taken (chain.ts).
 * 3. They are written into a log of their own, named by its first zxid; every byte that is not taken, zeros apart, goes
 *    into quarantine/ with its offset in its name.
 * 4. Which zxids are missing then is said exactly, or that nobody can know.
 *
 * Guarantee: every record that is written carries the checksum that was stored for these bytes; none is recomputed.
 */
import { findLogs } from '../../datadir/log-files.ts'
import { obstacle } from '../../datadir/new-place.ts'
import { keepStdin } from '../../datadir/stdin-copy.ts'
import { type Change, makePlan, type Refusal, refusedChange } from '../../support/change.ts'
import type { Finding } from '../../support/finding.ts'
import { hex64 } from '../../support/hex.ts'
import type { ReadLogsOptions } from '../read-logs.ts'
import { type LogDraft, writeDrafts } from './drafts.ts'
import { isWhole } from './runs.ts'
import {
  draftsOf,
  holeFinding,
  holesOf,
  lossOf,
  quarantineDrafts,
  type Salvaged,
  salvageAll,
  salvageFindings,
  stepsOf,
} from './salvaged.ts'

export interface SalvageOptions extends ReadLogsOptions {
  readonly output: string
}

/** Throws `input.*` when something cannot be opened or unpacked. */
export async function planSalvage(options: SalvageOptions): Promise<Change> {
  await keepStdin(options.places, options.signal)
  const { logs } = await findLogs(options.places)
  const salvaged = await salvageAll(logs, options)
  const holes = holesOf(salvaged)
  const findings = [...salvaged.flatMap(salvageFindings), ...holes.map(holeFinding), ...lostEnd(salvaged)]
  const logDrafts = draftsOf(salvaged)
  const others = quarantineDrafts(salvaged)
  const needed = salvaged.some(({ survey, rejected }) => !isWhole(survey) || rejected.length > 0)
  const blocked = await obstacle(options.output)
  const refused = refusalOf(blocked, logDrafts, needed)
  const plan = makePlan({
    kind: 'log salvage',
    base: { logs: logs.map(({ file }) => file) },
    steps: needed ? stepsOf(logDrafts, others, options.output) : [],
    loses: lossOf(holes, salvaged),
    undo: `The given logs are not changed; remove ${options.output}.`,
  })
  if (refused !== undefined) return refusedChange(plan, refused, findings)
  return {
    plan,
    refused: null,
    findings,
    apply: async () => {
      const verified = await writeDrafts(logDrafts, others, options)
      return { stepsDone: plan.steps.length, verified, journal: null, undo: null }
    },
  }
}

function refusalOf(
  blocked: { readonly code: string; readonly why: string } | undefined,
  drafts: readonly LogDraft[],
  needed: boolean,
): Refusal | undefined {
  if (!needed) return undefined
  if (drafts.length === 0) {
    return {
      code: 'refused.nothing-valid',
      why: 'there is not one valid record in what was given',
      counterexample: null,
    }
  }
  const names = drafts.map(({ name }) => name)
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined) {
    const why = `two of the logs would become ${twice}: they begin with the same zxid; salvage them one by one`
    return { code: 'refused.same-name', why, counterexample: { name: twice } }
  }
  return blocked === undefined ? undefined : { code: blocked.code, why: blocked.why, counterexample: null }
}

/** Bytes behind the last record of all that are none: nobody knows what followed. */
function lostEnd(salvaged: readonly Salvaged[]): Finding[] {
  const last = salvaged.findLast(({ chain }) => chain.length > 0)
  const run = last?.chain.at(-1)
  if (last === undefined || run === undefined) return []
  const behind = last.rejected.find(({ from }) => from >= run.to)
  if (behind === undefined) return []
  return [
    {
      code: 'log.lost',
      severity: 'warning',
      message: `what came behind ${hex64(run.lastZxid)} is unknown: ${behind.to - behind.from} bytes there are no valid record`,
      file: last.survey.log.file,
      offset: behind.from,
      zxid: run.lastZxid,
      evidence: { after: run.lastZxid, before: null, txns: null },
      remedy: 'A record that was cut off by a crash was never acknowledged. Otherwise compare with the other members.',
    },
  ]
}
