import * as Flags from '@oclif/core/flags'
import { ZkopsCommand } from '../../cli/base-command.ts'
import { lookOf, TREE, TREE_PATH, TREE_PLACE, treeExitCode } from '../../cli/tree-flags.ts'
import { listChildren } from '../../operations/look-into/listing.ts'
import { lookInto } from '../../operations/look-into/look.ts'
import { listingJson } from '../../render/znode-json.ts'
import { listingText } from '../../render/znode-text.ts'

export default class SnapshotLs extends ZkopsCommand {
  static override summary = 'List the children of a znode, without a server.'
  static override description =
    'The place comes first, then the path, as in all commands that look into a tree (ls, cat, stat, tree, find, du): a snapshot as it is, or a data directory, whose newest usable snapshot is loaded and whose logs are replayed up to the moment --at. Children are sorted by name.'
  static override examples = [
    { description: 'Children of the root, now.', command: '<%= config.bin %> <%= command.id %> version-2' },
    {
      description: 'With type, size and version, as it was behind a transaction.',
      command: '<%= config.bin %> <%= command.id %> version-2 /app --long --at 0x188',
    },
  ]
  static override args = { place: TREE_PLACE, path: TREE_PATH }
  static override flags = {
    long: Flags.boolean({ char: 'l', summary: 'Type, bytes, children, version and time, too.' }),
    ...TREE,
  }

  async run(): Promise<object> {
    const { args, flags } = await this.parse(SnapshotLs)
    const { signal, progress } = this
    const { path, ...tree } = lookOf(args, flags)
    const look = await lookInto({ ...tree, signal, progress })
    const listing = listChildren(look, path)
    this.print(listingText(listing, flags.long, this.stdoutTerminal.style))
    if (!this.jsonEnabled()) this.reportBehind(look.findings)
    process.exitCode = treeExitCode(look.findings)
    return listingJson(listing, look)
  }
}
