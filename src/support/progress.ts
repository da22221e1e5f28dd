/**
 * How a long operation tells where it is. Operations call it; cli/progress.ts draws it on stderr.
 * `start` may be called again for a next phase. Units are free (bytes, servers, files) and named by `unit`.
 */
export interface Progress {
  start(label: string, total?: number, unit?: 'bytes' | 'items'): void
  /** `done` in the unit of `start`, absolute. */
  update(done: number): void
  /** A step is over; printed as a line of its own where progress is shown. */
  step(text: string): void
  finish(): void
}

export const noProgress: Progress = {
  start() {},
  update() {},
  step() {},
  finish() {},
}
