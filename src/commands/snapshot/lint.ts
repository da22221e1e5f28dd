import { ZkopsCommand } from '../../cli/base-command.ts'
import { ExitCode } from '../../cli/exit-codes.ts'
import { TREE, TREE_PLACE, treeOf } from '../../cli/tree-flags.ts'
import { type LintSnapshotResult, lintSnapshot } from '../../operations/lint-snapshot/lint.ts'
import { snapshotLintText } from '../../render/snapshot-lint.ts'

export default class SnapshotLint extends ZkopsCommand {
  static override summary = 'Find what will go wrong with a tree.'
  static override description =
    'Looks for values and lists of children near jute.maxbuffer, which clients cannot read any more above it; counters of sequential children near their end; quotas that are exceeded; subtrees that anyone may change; ephemerals without a session; access lists that are not defined. Each finding has evidence and a remedy; zkops explain CODE tells more. A snapshot alone is read in constant memory; of a directory it is the tree of a moment, the latest unless --at says otherwise: its newest usable snapshot and the logs behind it. Whether the file itself is right is told by snapshot verify; a damaged one is exit 3. Exit 1 when there are errors or warnings.'
  static override examples = [
    { description: 'One snapshot.', command: '<%= config.bin %> <%= command.id %> version-2/snapshot.184' },
    {
      description: 'That of a directory as it is now, for servers with a larger limit.',
      command: '<%= config.bin %> <%= command.id %> --jute-maxbuffer 4MiB version-2',
    },
  ]
  static override args = { place: TREE_PLACE }
  static override flags = TREE

  async run(): Promise<LintSnapshotResult> {
    const { args, flags } = await this.parse(SnapshotLint)
    const result = await lintSnapshot({
      ...treeOf(args.place, flags),
      signal: this.signal,
      progress: this.progress,
    })
    this.print(snapshotLintText(result, this.stdoutTerminal.style))
    const clean = result.findings.every(({ severity }) => severity === 'info')
    process.exitCode = clean ? ExitCode.Ok : ExitCode.Findings
    return result
  }
}
