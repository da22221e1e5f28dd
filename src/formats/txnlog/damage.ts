/*
 * What is said about a place in a log where its records end too early, by what a server stops at there.
 */
import { STOP, type StopKind } from '../kernel/stop.ts'
import type { Wrong } from './proof.ts'
import type { Rest } from './rest.ts'

export const RESYNC = 'A member of a healthy ensemble: wipe it and let it resync.'
export const COPY_FIRST = 'Copy the directory before any start: the first start overwrites what is left.'

export interface Damage {
  readonly code: string
  readonly message: string
  readonly remedy?: string
}

/** By stop kind: what it is called and what a server does with it. */
export const DAMAGE: Readonly<Record<number, (rest: Rest) => Damage>> = {
  [STOP.needMore]: () => ({
    code: 'log.length',
    message:
      'the length of the record reaches behind the end of the file: a server silently drops it and all that follows in this file',
  }),
  [STOP.zeroLength]: (rest) =>
    rest.hidden === null
      ? {
          code: 'log.junk-behind-end',
          message: 'bytes that are no records lie behind the end of the log; a server never reads them',
          remedy: 'None needed; a cut at the end of the last record makes the file tidy.',
        }
      : {
          code: 'log.zero-hole',
          message: 'a zeroed place ends the log here: a server silently drops what follows in this file',
        },
  [STOP.badLength]: (rest) =>
    rest.oversized
      ? {
          code: 'log.length',
          message: `the record of ${rest.head?.length} bytes is whole but above the limit: a server with this jute.maxbuffer refuses to start (Unreasonable length)`,
          remedy: `Servers that run with -Djute.maxbuffer=${rest.head?.length} read it; so does --jute-maxbuffer ${rest.head?.length}.`,
        }
      : {
          code: 'log.length',
          message: `the record's length cannot be (${rest.head?.length}): a server refuses to start (Unreasonable length)`,
        },
  [STOP.badEndMark]: (rest) => ({
    code: 'log.end-mark',
    message: `the byte behind the record is 0x${(rest.endMark ?? 0).toString(16).padStart(2, '0')} instead of 0x42: a server silently drops it and all that follows in this file (Last transaction was partial)`,
  }),
  [STOP.badChecksum]: () => ({
    code: 'log.checksum',
    message: 'the checksum of the record does not fit: a server refuses to start (CRC check failed)',
    remedy: `${COPY_FIRST} ${RESYNC} Never write a new checksum over these bytes: a server would apply the damage.`,
  }),
  [STOP.shortBody]: () => ({
    code: 'log.undecodable',
    message:
      'the checksum of the record fits but its body is too short for its type: a server silently drops it and all that follows in this file',
  }),
  [STOP.badInnerLength]: () => ({
    code: 'log.undecodable',
    message:
      'the checksum of the record fits but a length inside it cannot be: a server refuses to start (Unreasonable length)',
  }),
  [STOP.unknownType]: () => ({
    code: 'log.unknown-type',
    message: 'the record has a type that releases up to 3.9 do not know: they refuse to start (Unsupported Txn)',
    remedy: 'A newer version wrote it: start that version.',
  }),
}

const SALVAGE = 'No byte of it is lost: zkops log salvage puts this right, and a server reads the result.'

/** The record's bytes are proven by its checksum: what is wrong around them, and what a server makes of it. */
export const PROVEN: Readonly<Record<Wrong, (rest: Rest, stop: StopKind) => Damage>> = {
  length: ({ head, proof }, stop) => ({
    code: 'log.length',
    message: `the record's length field is wrong (${head?.length}, its checksum fits at ${proof?.length}): a server ${REFUSING.has(stop) ? 'refuses to start' : 'silently drops it and all that follows in this file'}`,
    remedy: SALVAGE,
  }),
  'end-mark': (rest, stop) => ({ ...DAMAGE[stop]!(rest), remedy: `Its checksum fits. ${SALVAGE}` }),
  'checksum-field': (rest, stop) => ({
    ...DAMAGE[stop]!(rest),
    remedy: `The lower half of the checksum fits, only the upper half is not zero. ${SALVAGE}`,
  }),
}

/** Stops at which a server does not start. */
const REFUSING: ReadonlySet<StopKind> = new Set([STOP.badLength, STOP.badChecksum])
