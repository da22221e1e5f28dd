import * as Flags from '@oclif/core/flags'
import { StreamCommand } from '../../cli/base-command.ts'
import { ExitCode } from '../../cli/exit-codes.ts'
import { id64 } from '../../cli/flags.ts'
import { SNAPSHOT_PLACE } from '../../cli/snapshot-flags.ts'
import { TREE, treeExitCode, treeOf } from '../../cli/tree-flags.ts'
import { DUMP_KINDS, type DumpKind, dumpSnapshot } from '../../operations/dump-snapshot.ts'
import { type SnapshotDumpFormat, snapshotRenderer } from '../../render/snapshot-dump.ts'

const SELECTION = { helpGroup: 'SELECTION' } as const

export default class SnapshotDump extends StreamCommand {
  static override summary = 'Print what is in a snapshot.'
  static override description =
    'Prints every node with its value, access list and stored stat, and sessions, digest and last zxid, in the order of the file: without a JVM, in constant memory. Of a directory the newest snapshot that is whole is taken; with --at (also: latest) the tree of that moment, which takes memory. Only its seals, which come last, tell whether a snapshot is right: when they do not fit, or it ends early, that is said on stderr and the exit code is 3. The stored cversion counts creations of children only. With a selection only nodes are printed; --kind can name other things too.'
  static override examples = [
    { description: 'For reading.', command: '<%= config.bin %> <%= command.id %> version-2/snapshot.184' },
    {
      description: 'All ephemeral nodes below a path, for scripts.',
      command:
        "<%= config.bin %> <%= command.id %> --path '/app/**' --kind ephemeral --format jsonl version-2/snapshot.184",
    },
    {
      description: 'Who may do what with a digest user.',
      command: "<%= config.bin %> <%= command.id %> --acl 'digest:*' version-2",
    },
  ]
  static override args = { place: SNAPSHOT_PLACE }
  static override flags = {
    format: Flags.option({
      summary: 'How to print.',
      options: ['text', 'jsonl', 'csv'] as const,
      default: 'text' as const,
    })(),
    path: Flags.string({
      summary: 'Paths that match: * within a component, ** across.',
      helpValue: '<glob>',
      ...SELECTION,
    }),
    kind: Flags.string({
      summary: `Kinds: ${DUMP_KINDS.join(', ')}; may be repeated.`,
      options: [...DUMP_KINDS],
      helpValue: '<kind>',
      multiple: true,
      multipleNonGreedy: true,
      delimiter: ',',
      ...SELECTION,
    }),
    owner: id64({ summary: 'Nodes with this ephemeralOwner: a session id.', ...SELECTION }),
    acl: Flags.string({
      summary: 'Nodes whose list has an entry that matches, as scheme:id or scheme:id:perms; undefined for none.',
      helpValue: '<glob>',
      ...SELECTION,
    }),
    limit: Flags.integer({ summary: 'Stop after so many nodes.', min: 0, ...SELECTION }),
    decode: Flags.boolean({
      summary: 'Show what values are; in JSON lines and CSV as decoded, beside data.',
      exclusive: ['no-data'],
    }),
    'no-data': Flags.boolean({ summary: 'Leave values out, print their size.' }),
    'data-width': Flags.integer({ summary: 'Characters of a value in text.', min: 0, default: 40 }),
    ...TREE,
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(SnapshotDump)
    const render = snapshotRenderer(
      {
        format: flags.format as SnapshotDumpFormat,
        style: this.stdoutTerminal.style,
        data: !flags['no-data'],
        dataWidth: flags['data-width'],
        decoded: flags.decode,
      },
      (text) => this.output.write(text),
    )
    const parts = dumpSnapshot({
      ...flags,
      kind: flags.kind as readonly DumpKind[] | undefined,
      ...treeOf(args.place, flags),
      signal: this.signal,
      progress: this.progress,
    })
    for await (const part of parts) {
      render(part)
      if (part.kind === 'file' || part.kind === 'end') {
        this.output.flush()
        this.report(part.findings)
        if (part.kind === 'file') process.exitCode = treeExitCode(part.findings)
        else if (!part.readable) process.exitCode = ExitCode.Input
      }
    }
  }
}
