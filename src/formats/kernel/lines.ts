/** Why a line writer stopped before the last row; the numbers are the kernel's (assembly/lines.ts). */
export const LINE_STOP = {
  done: 0,
  /** The output buffer: take the text and go on. */
  full: 1,
  /** The next row is of another second: say how that is written and go on. */
  newSecond: 2,
  /** The next row holds something unusual: write it some other way and go on behind it. */
  odd: 3,
} as const

export type LineStop = (typeof LINE_STOP)[keyof typeof LINE_STOP]

export const LINE_FORMAT = { jsonl: 0, toolkit: 1, text: 2, csv: 3 } as const

/** Writes the records of the kernel's table as lines of text, many in one call; see assembly/lines.ts. */
export interface LineWriter {
  /**
   * Writes rows [row, count) and returns the first one that is not written; `base` makes a file offset of an index.
   * `data` 0 leaves values out; in text for people it is how many characters of them are shown.
   */
  write(format: keyof typeof LINE_FORMAT, row: number, count: number, base: number, data: number): number
  stop(): LineStop
  /** What was written since it was last taken; valid until the next `write`. */
  take(): Uint8Array
  /** The text of a second, given in seconds since 1970; ASCII or UTF-8, at most 128 bytes. */
  setSecond(second: number, text: string): void
  /** What every line of JSON or CSV begins with, `{"file":"…","offset":` or `…,`; false for one that is too long here. */
  setPrefix(text: string): boolean
}
