import * as Flags from '@oclif/core/flags'
import { ZkopsCommand } from '../../cli/base-command.ts'
import { ExitCode } from '../../cli/exit-codes.ts'
import { SNAPSHOT_PLACE } from '../../cli/snapshot-flags.ts'
import { TREE, treeOf } from '../../cli/tree-flags.ts'
import { type VerifySnapshotResult, verifySnapshot } from '../../operations/verify-snapshot.ts'
import { snapshotVerifyText } from '../../render/snapshot-verify.ts'

export default class SnapshotVerify extends ZkopsCommand {
  static override summary = 'Check a snapshot and give a verdict.'
  static override description =
    'Reads every node of a snapshot (plain, gzip or snappy, 3.4 to 3.9) and checks its structure, its seals, parents, access lists and sessions that nodes refer to, and the digest of the whole tree; says whether transactions went on while it was written, and whether a server with default settings loads it, which is another question: servers skip some whole files and load some damaged ones. Of a directory the newest snapshot is checked, by its name; with --at (also: latest) the one that the tree of that moment begins with, and the logs behind it with their digests, as far as they prove that tree. Use it on backups and before a start. Memory is constant without --at; reading a directory that a server has open is safe.'
  static override examples = [
    { description: 'One snapshot.', command: '<%= config.bin %> <%= command.id %> version-2/snapshot.184' },
    {
      description: 'The newest snapshot of a directory, for a script.',
      command: '<%= config.bin %> <%= command.id %> --json version-2',
    },
    {
      description: 'With the logs behind it, up to the last record.',
      command: '<%= config.bin %> <%= command.id %> version-2 --at latest',
    },
  ]
  static override args = { place: SNAPSHOT_PLACE }
  static override flags = {
    'no-digest': Flags.boolean({ summary: 'Do not compute the digest of the tree: faster.' }),
    ...TREE,
  }

  async run(): Promise<VerifySnapshotResult> {
    const { args, flags } = await this.parse(SnapshotVerify)
    const result = await verifySnapshot({
      ...treeOf(args.place, flags),
      digest: !flags['no-digest'],
      signal: this.signal,
      progress: this.progress,
    })
    this.print(snapshotVerifyText(result, this.stdoutTerminal.style))
    process.exitCode = result.verdict === 'valid' ? ExitCode.Ok : ExitCode.Findings
    return result
  }
}
