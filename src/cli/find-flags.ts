import * as Flags from '@oclif/core/flags'
import { id64, moment, size } from './flags.ts'

const SELECTION = { helpGroup: 'SELECTION' } as const

/** Which znodes are looked for, and how they are printed. */
export const FIND = <const K extends string>(kinds: readonly K[]) => ({
  format: Flags.option({
    summary: 'How to print.',
    options: ['text', 'jsonl'] as const,
    default: 'text' as const,
  })(),
  long: Flags.boolean({ char: 'l', summary: 'Type, bytes, children, version, time and owner, too.' }),
  match: Flags.string({
    summary: 'Paths that match: * within a component, ** across.',
    helpValue: '<glob>',
    ...SELECTION,
  }),
  kind: Flags.string({
    summary: `Kinds: ${kinds.join(', ')}; may be repeated.`,
    options: [...kinds],
    helpValue: '<kind>',
    multiple: true,
    multipleNonGreedy: true,
    delimiter: ',',
    ...SELECTION,
  }),
  owner: id64({ summary: 'Znodes with this ephemeralOwner: a session id.', ...SELECTION }),
  acl: Flags.string({
    summary: 'An entry of the list matches scheme:id or scheme:id:perms; undefined for none.',
    helpValue: '<glob>',
    ...SELECTION,
  }),
  'min-bytes': size({ summary: 'Values of at least this size.', ...SELECTION }),
  'max-bytes': size({ summary: 'Values of at most this size.', ...SELECTION }),
  'older-than': moment({ summary: 'Last changed before this time or age.', ...SELECTION }),
  'newer-than': moment({ summary: 'Last changed after this time or age.', ...SELECTION }),
  data: Flags.string({ summary: 'Values that match.', helpValue: '<regexp>', ...SELECTION }),
  limit: Flags.integer({ summary: 'The first so many by path.', min: 0, ...SELECTION }),
})

interface FindFlags {
  readonly match: string | undefined
  readonly kind: readonly string[] | undefined
  readonly owner: bigint | undefined
  readonly acl: string | undefined
  readonly 'min-bytes': number | undefined
  readonly 'max-bytes': number | undefined
  readonly 'older-than': Date | undefined
  readonly 'newer-than': Date | undefined
  readonly data: string | undefined
  readonly limit: number | undefined
}

/** The same as operations take it. */
export function criteriaOf<K extends string>(flags: FindFlags, below: string) {
  const { match: path, kind, owner, acl, data, limit } = flags
  return {
    ...{ below, path, kind: kind as readonly K[] | undefined, owner, acl, data, limit },
    ...{ minBytes: flags['min-bytes'], maxBytes: flags['max-bytes'] },
    ...{ olderThan: flags['older-than'], newerThan: flags['newer-than'] },
  }
}
