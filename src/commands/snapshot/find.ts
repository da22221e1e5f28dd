import * as Flags from '@oclif/core/flags'
import { StreamCommand } from '../../cli/base-command.ts'
import { id64, moment, size } from '../../cli/flags.ts'
import { lookOf, TREE, TREE_PATH, TREE_PLACE, treeExitCode } from '../../cli/tree-flags.ts'
import { findZnodes, KINDS, type NodeKind } from '../../operations/look-into/find.ts'
import { lookInto } from '../../operations/look-into/look.ts'
import { foundLine } from '../../render/znode-text.ts'

const SELECTION = { helpGroup: 'SELECTION' } as const

export default class SnapshotFind extends StreamCommand {
  static override summary = 'Find znodes by path, kind, size, age, owner, access list or value, without a server.'
  static override description =
    'Everything given must hold; the znodes found are printed sorted by path. From a snapshot, or from a data directory at a moment: place first, then the path to search below. Ages are counted back from now and are about the last change of the value. --data is a JavaScript regular expression (s and u are set) that some part of the value, read as UTF-8, must match; one that takes longer than a second on one value ends the search with exit code 2. Nothing found is an answer, too: exit code 0.'
  static override examples = [
    {
      description: 'Ephemerals below a path with owner and time.',
      command: '<%= config.bin %> <%= command.id %> version-2 / --kind ephemeral --long',
    },
    {
      description: 'Large values that did not change for an hour.',
      command: '<%= config.bin %> <%= command.id %> version-2 --min-bytes 100 --older-than 1h --format jsonl',
    },
    {
      description: 'By what the value says.',
      command: "<%= config.bin %> <%= command.id %> version-2 / --data '^(after|before) '",
    },
  ]
  static override args = { place: TREE_PLACE, path: TREE_PATH }
  static override flags = {
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
      summary: `Kinds: ${KINDS.join(', ')}; may be repeated.`,
      options: [...KINDS],
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
    ...TREE,
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(SnapshotFind)
    const { signal, progress } = this
    const { path, ...tree } = lookOf(args, flags)
    const look = await lookInto({ ...tree, signal, progress })
    const criteria = {
      ...flags,
      below: path,
      path: flags.match,
      kind: flags.kind as readonly NodeKind[] | undefined,
      minBytes: flags['min-bytes'],
      maxBytes: flags['max-bytes'],
      olderThan: flags['older-than'],
      newerThan: flags['newer-than'],
    }
    const line = foundLine(flags, look)
    for await (const znode of findZnodes(look, criteria, signal)) this.output.write(line(znode))
    this.reportBehind(look.findings)
    process.exitCode = treeExitCode(look.findings)
  }
}
