import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { ZkopsCommand } from '../../cli/base-command.ts'
import { ExitCode } from '../../cli/exit-codes.ts'
import { juteMaxbuffer } from '../../cli/log-flags.ts'
import { type CompareLogsResult, compareLogs } from '../../operations/compare-logs/compare.ts'
import { diffText } from '../../render/log-diff.ts'

export default class LogDiff extends ZkopsCommand {
  static override summary = "Compare two members' logs, record by record."
  static override description =
    "Proves that two servers logged the same transactions, or says where and how they differ: the first zxid with two transactions, what only one side has, and what that means (an uncommitted tail of an older epoch, a hole, two histories). Verdicts: identical, prefix (one side begins later, ends earlier, or got a snapshot in the place of records), hole, diverged. Padding, file boundaries, and the forms in which members store one transaction (failed multis, digests, closeSession paths) are no differences. Use it before a member's data is trusted or wiped, and when digests do not match. Whether a jump of the zxids is a hole or comes from a snapshot that the leader sent is told by the snapshots: they are looked for beside the logs, or where --data-a and --data-b say. Exit 0 when identical. An election also looks at the epoch files, which are not read here."
  static override examples = [
    {
      description: 'Two directories.',
      command: '<%= config.bin %> <%= command.id %> version-2 damaged',
    },
    {
      description: 'Two logs, for a script.',
      command: '<%= config.bin %> <%= command.id %> --json version-2/log.1 damaged/log.1',
    },
  ]
  static override args = {
    a: Args.string({ description: "one member's logs: a log, a directory of logs, a data directory", required: true }),
    b: Args.string({ description: "the other member's", required: true }),
  }
  static override flags = {
    'data-a': Flags.string({ summary: 'Where the snapshots of A lie, if not beside its logs.', helpValue: '<dir>' }),
    'data-b': Flags.string({ summary: 'Where the snapshots of B lie.', helpValue: '<dir>' }),
    'jute-maxbuffer': juteMaxbuffer,
  }

  async run(): Promise<CompareLogsResult> {
    const { args, flags } = await this.parse(LogDiff)
    const places = [
      { where: args.a, data: flags['data-a'] },
      { where: args.b, data: flags['data-b'] },
    ] as const
    const result = await compareLogs(places, {
      juteMaxbuffer: flags['jute-maxbuffer'],
      signal: this.signal,
      progress: this.progress,
    })
    this.print(diffText(result, this.stdoutTerminal.style))
    process.exitCode = exitCode(result)
    return result
  }
}

function exitCode({ verdict, sides, findings }: CompareLogsResult): number {
  if (sides.some(({ records, tail }) => records === 0 && tail === 'damaged')) return ExitCode.Input
  const whole = findings.every(({ severity }) => severity !== 'error')
  return verdict === 'identical' && whole ? ExitCode.Ok : ExitCode.Findings
}
