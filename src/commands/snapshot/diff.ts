import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { ZkopsCommand } from '../../cli/base-command.ts'
import { ExitCode } from '../../cli/exit-codes.ts'
import { snapshotJuteMaxbuffer } from '../../cli/snapshot-flags.ts'
import { treeMoment } from '../../cli/tree-flags.ts'
import { type DiffSnapshotsResult, diffSnapshots } from '../../operations/diff-snapshots/diff.ts'
import { changeLine, diffSummaryText } from '../../render/snapshot-diff.ts'

export default class SnapshotDiff extends ZkopsCommand {
  static override summary = 'Compare two snapshots, node by node.'
  static override description =
    'Says which znodes were added, removed and changed from the first snapshot to the second: value (also at equal length), access list, kind or owner, version of value and of access list. Access lists are compared by what is in them. Zxids, times and cversion alone, and what each server keeps for itself (usage beside quotas, version of /zookeeper/config), are no change unless --stat is given. Use it to see what happened between two moments, or where two members differ when digests do not match. Of a directory the tree of a moment is taken, the latest unless --at-a and --at-b say otherwise: its newest usable snapshot and the logs behind it. A damaged snapshot is not compared: exit 3. Exit 0 when nothing differs, 1 when something does.'
  static override examples = [
    {
      description: 'What has changed since a backup.',
      command: '<%= config.bin %> <%= command.id %> backup/snapshot.49 version-2/snapshot.184',
    },
    {
      description: 'For scripts, sizes only.',
      command: '<%= config.bin %> <%= command.id %> --format jsonl --no-data backup/snapshot.49 version-2',
    },
    {
      description: 'Between two moments.',
      command: '<%= config.bin %> <%= command.id %> version-2 version-2 --at-a 0x190 --at-b latest',
    },
  ]
  static override args = {
    a: Args.string({ description: 'snapshot, directory of snapshots, data directory, or -', ignoreStdin: true }),
    b: Args.string({ description: 'the later one, or that of the other member', ignoreStdin: true }),
  }
  static override flags = {
    format: Flags.option({
      summary: 'How to print; --json prints the counts alone.',
      options: ['text', 'jsonl'] as const,
      default: 'text' as const,
    })(),
    'at-a': treeMoment({ summary: 'The moment of A: zxid (0x…), time, age such as 2h, or latest.' }),
    'at-b': treeMoment({ summary: 'The moment of B.' }),
    config: Flags.string({
      summary: 'The zoo.cfg that names dataDir and dataLogDir of what is not given as an argument.',
      helpValue: '<zoo.cfg>',
    }),
    'log-dir': Flags.string({ summary: 'Where the logs of both lie.', helpValue: '<dir>' }),
    'log-dir-a': Flags.string({ summary: 'Where the logs of A lie, if not beside its snapshots.', helpValue: '<dir>' }),
    'log-dir-b': Flags.string({ summary: 'Where the logs of B lie.', helpValue: '<dir>' }),
    stat: Flags.boolean({
      summary:
        'Nodes that differ only in zxids, times, cversion or what each server keeps for itself are changed, too.',
    }),
    'no-data': Flags.boolean({ summary: 'Leave values out, print their size.' }),
    'data-width': Flags.integer({ summary: 'Characters of a value in text.', min: 0, default: 40 }),
    'jute-maxbuffer': snapshotJuteMaxbuffer,
  }

  async run(): Promise<DiffSnapshotsResult> {
    const { args, flags } = await this.parse(SnapshotDiff)
    const { format, stat, config } = flags
    const { style } = this.stdoutTerminal
    const line = changeLine({ format, style, data: !flags['no-data'], dataWidth: flags['data-width'] })
    const result = await diffSnapshots({
      before: { place: args.a, config, at: flags['at-a'], logDir: flags['log-dir-a'] ?? flags['log-dir'] },
      after: { place: args.b, config, at: flags['at-b'], logDir: flags['log-dir-b'] ?? flags['log-dir'] },
      stat,
      onChange: this.jsonEnabled() ? undefined : (change) => this.output.write(line(change)),
      juteMaxbuffer: flags['jute-maxbuffer'],
      signal: this.signal,
      progress: this.progress,
    })
    if (format === 'jsonl' && !this.jsonEnabled()) this.reportBehind(result.findings)
    else this.print(diffSummaryText(result, style))
    process.exitCode = result.added + result.removed + result.changed === 0 ? ExitCode.Ok : ExitCode.Findings
    return result
  }
}
