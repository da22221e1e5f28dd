import { ZkopsCommand } from '../../cli/base-command.ts'
import { TREE, TREE_PLACE, treeExitCode, treeOf } from '../../cli/tree-flags.ts'
import { showSnapshot } from '../../operations/show-snapshot.ts'
import { snapshotShowText } from '../../render/snapshot-show.ts'
import { shownJson } from '../../render/znode-json.ts'

export default class SnapshotShow extends ZkopsCommand {
  static override summary = 'Show what a tree is, at a moment, and how well it is proved.'
  static override description =
    'One screen: zxid and time, znodes by kind, sessions, access lists, digest, the parents with the most children. A snapshot is shown as it is; of a data directory the newest usable snapshot is loaded and the logs behind it are replayed up to the moment, as a server would. From 3.6 on every transaction carries the digest of the whole tree: each is compared, and the proof line says from where to where all were equal, or where and on which path they first differ. Times of a snapshot alone are the latest that a znode carries. Exit code 1 when the tree is not the one the servers had.'
  static override examples = [
    { description: 'A data directory, now.', command: '<%= config.bin %> <%= command.id %> version-2' },
    {
      description: 'The tree behind a transaction, for a script.',
      command: '<%= config.bin %> <%= command.id %> version-2 --at 0x188 --json',
    },
    {
      description: 'A snapshot alone.',
      command: '<%= config.bin %> <%= command.id %> version-2/snapshot.184',
    },
  ]
  static override args = { place: TREE_PLACE }
  static override flags = TREE

  async run(): Promise<object> {
    const { args, flags } = await this.parse(SnapshotShow)
    const shown = await showSnapshot({
      ...treeOf(args.place, flags),
      signal: this.signal,
      progress: this.progress,
    })
    this.print(snapshotShowText(shown, this.stdoutTerminal.style))
    process.exitCode = treeExitCode(shown.findings)
    return shownJson(shown)
  }
}
