import type { Row } from './main.ts'
import { median, type Run, ratio } from './measure.ts'

/** Runs of one program; or why there are none. */
export type Runs = readonly Run[] | string

/** How many times as long as ours a yardstick takes. */
export function faster(job: string, ours: Runs, theirs: Runs, least?: number): Row {
  return compared(job, ours, theirs, (of) => ratio(theirs as Run[], ours as Run[], of), '>=', least)
}

/** How many times as long as a yardstick we take. */
export function slower(job: string, ours: Runs, theirs: Runs, most?: number): Row {
  return compared(job, ours, theirs, (of) => ratio(ours as Run[], theirs as Run[], of), '<=', most)
}

function compared(
  job: string,
  ours: Runs,
  theirs: Runs,
  ratioOf: (of: 'wallMs' | 'cpuMs') => number,
  sign: '>=' | '<=',
  bound: number | undefined,
): Row {
  if (typeof ours === 'string' || typeof theirs === 'string') return notMeasured(job, ours, theirs)
  const value = ratioOf('wallMs')
  const seconds = (runs: readonly Run[]) => (median(runs.map(({ wallMs }) => wallMs)) / 1000).toFixed(2)
  return {
    job,
    value: `${value.toFixed(2)} x (${seconds(ours)} s, ${seconds(theirs)} s; CPU ${ratioOf('cpuMs').toFixed(2)} x)`,
    target: bound === undefined ? '' : `${sign} ${bound} x`,
    ok: bound === undefined ? null : sign === '>=' ? value >= bound : value <= bound,
  }
}

/** The same without what we do before, as `before` does it. */
export function slowerThan(job: string, ours: Runs, before: Runs, theirs: Runs, most: number): Row {
  if (typeof ours === 'string' || typeof before === 'string') return notMeasured(job, ours, before)
  return slower(
    job,
    ours.map((run, i) => ({
      ...run,
      wallMs: run.wallMs - before[i]!.wallMs,
      cpuMs: run.cpuMs - before[i]!.cpuMs,
    })),
    theirs,
    most,
  )
}

/** Bytes a second, without the time that `idle` takes for nothing. */
export function rate(job: string, bytes: number, ours: readonly Run[], idle: readonly Run[], least: number): Row {
  const value = bytes / 1e3 / Math.max(1, median(ours.map(({ wallMs }, i) => wallMs - idle[i]!.wallMs)))
  return { job, value: `${value.toFixed(0)} MB/s`, target: `>= ${least} MB/s`, ok: value >= least }
}

/** The highest peak of the runs on a large file, which is no higher than that on a smaller one. */
export function peak(job: string, large: readonly Run[], small: readonly Run[], most: number, part = 'a tenth'): Row {
  const [high, low] = [large, small].map((runs) => Math.max(...runs.map(({ peakMiB }) => peakMiB)))
  return {
    job,
    value: `${high!.toFixed(0)} MiB (${low!.toFixed(0)} MiB at ${part})`,
    target: `<= ${most} MiB, within 10 %`,
    ok: high! <= most && high! <= low! * 1.1,
  }
}

export function atMost(job: string, value: number, most: number, unit: string): Row {
  return { job, value: `${value.toFixed(2)} ${unit}`, target: `<= ${most} ${unit}`, ok: value <= most }
}

function notMeasured(job: string, ours: Runs, theirs: Runs): Row {
  return { job, value: 'not measured', target: typeof ours === 'string' ? ours : String(theirs), ok: null }
}
