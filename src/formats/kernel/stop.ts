/** Why a walk over records ended; the numbers are the kernel's (assembly/index.ts, assembly/body.ts). */
export const STOP = {
  /** The input ends before the record does. */
  needMore: 0,
  tableFull: 1,
  /** Length 0: the normal end in padding. The server ends the file here, silently. */
  zeroLength: 2,
  /** Negative, or above the limit: the server refuses ("Unreasonable length"; -1: NullPointerException). */
  badLength: 3,
  /** The byte behind the payload is not 'B': the server ends the file here ("Last transaction was partial."). */
  badEndMark: 4,
  /** The server refuses ("CRC check failed"). */
  badChecksum: 5,
  /** The body ends before its fields do: the server ends the file here, silently. */
  shortBody: 6,
  /** A string or buffer inside has an unreasonable length: the server refuses. */
  badInnerLength: 7,
  /** The server refuses ("Unsupported Txn with type="). */
  unknownType: 8,
} as const

export type StopKind = (typeof STOP)[keyof typeof STOP]
