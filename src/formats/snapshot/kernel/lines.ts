/** Why a line writer stopped before the last row; the numbers are the kernel's (assembly/lines.ts). */
export const NODE_LINE_STOP = {
  done: 0,
  /** The output buffer: take the text and go on. */
  full: 1,
  /** The text of the next row's ACL reference is not known: say it and go on. */
  newAcl: 2,
  /** The next row holds something unusual: write it some other way and go on behind it. */
  odd: 3,
} as const

export type NodeLineStop = (typeof NODE_LINE_STOP)[keyof typeof NODE_LINE_STOP]

export const NODE_LINE_FORMAT = { jsonl: 0, text: 1 } as const

/** Writes the nodes of the kernel's table as lines of text, many in one call; see assembly/lines.ts. */
export interface NodeLines {
  /** Forgets the texts of ACL references: another format or snapshot begins. */
  reset(): void
  /** Writes rows [row, count) and returns the first one that is not written; `width`: characters of data in text. */
  write(format: keyof typeof NODE_LINE_FORMAT, row: number, count: number, data: boolean, width: number): number
  stop(): NodeLineStop
  /** What was written since it was last taken; valid until the next `write`. */
  take(): Uint8Array
  /** The text of `row`'s ACL reference; false when it is too long to be written here. */
  setAcl(row: number, text: string): boolean
}
