import { ZkopsCommand } from '../../cli/base-command.ts'
import { lookOf, TREE, TREE_PATH, TREE_PLACE, treeExitCode } from '../../cli/tree-flags.ts'
import { lookInto, numberAt, znodeAt } from '../../operations/look-into/look.ts'
import { momentJson, znodeJson } from '../../render/znode-json.ts'
import { statText } from '../../render/znode-text.ts'

export default class SnapshotStat extends ZkopsCommand {
  static override summary = 'Show the stat and the access list of a znode, without a server.'
  static override description =
    "The fields of zkCli's stat, its kind and its access list. cversion counts changes of children, as clients see it, unlike the stored one that snapshot dump prints; ephemeralOwner is the stored one, of containers and TTL znodes as well, of which clients are told 0. Read from a snapshot, or from a data directory at a moment: place first, then path."
  static override examples = [
    { description: 'Now.', command: '<%= config.bin %> <%= command.id %> version-2 /app' },
    {
      description: 'As it was behind a transaction, for a script.',
      command: '<%= config.bin %> <%= command.id %> version-2 /app --at 0x188 --json',
    },
  ]
  static override args = { place: TREE_PLACE, path: TREE_PATH }
  static override flags = TREE

  async run(): Promise<object> {
    const { args, flags } = await this.parse(SnapshotStat)
    const { signal, progress } = this
    const { path, ...tree } = lookOf(args, flags)
    const look = await lookInto({ ...tree, signal, progress })
    const znode = znodeAt(look, numberAt(look, path))
    this.print(statText(znode, look, this.stdoutTerminal.style))
    if (!this.jsonEnabled()) this.reportBehind(look.findings)
    process.exitCode = treeExitCode(look.findings)
    return { ...znodeJson(znode, look), ...momentJson(look) }
  }
}
