import * as Flags from '@oclif/core/flags'
import { ZkopsCommand } from '../../cli/base-command.ts'
import { lookOf, MOST_DEPTH, TREE, TREE_PATH, TREE_PLACE, treeExitCode } from '../../cli/tree-flags.ts'
import { treeBelow } from '../../operations/look-into/listing.ts'
import { lookInto } from '../../operations/look-into/look.ts'
import { branchJson, momentJson } from '../../render/znode-json.ts'
import { treeText } from '../../render/znode-text.ts'

export default class SnapshotTree extends ZkopsCommand {
  static override summary = 'Draw the tree below a znode with counts, without a server.'
  static override description =
    'Each line says how many znodes lie at and below, and how many bytes their values have. From a snapshot, or from a data directory at a moment: place first, then path. What --depth and --limit leave out is counted.'
  static override examples = [
    { description: 'Two levels.', command: '<%= config.bin %> <%= command.id %> version-2' },
    {
      description: 'More of one subtree.',
      command: '<%= config.bin %> <%= command.id %> version-2 /app --depth 4 --limit 100',
    },
  ]
  static override args = { place: TREE_PLACE, path: TREE_PATH }
  static override flags = {
    depth: Flags.integer({ char: 'd', summary: 'Levels below the znode.', min: 0, max: MOST_DEPTH, default: 2 }),
    limit: Flags.integer({ summary: 'Children of a znode that are shown.', min: 0, default: 20 }),
    ...TREE,
  }

  async run(): Promise<object> {
    const { args, flags } = await this.parse(SnapshotTree)
    const { signal, progress } = this
    const { path, ...tree } = lookOf(args, flags)
    const look = await lookInto({ ...tree, signal, progress })
    const branch = treeBelow(look, { ...flags, path })
    this.print(treeText(branch, this.stdoutTerminal.style))
    if (!this.jsonEnabled()) this.reportBehind(look.findings)
    process.exitCode = treeExitCode(look.findings)
    return { ...branchJson(branch), ...momentJson(look) }
  }
}
