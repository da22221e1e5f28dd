import * as Flags from '@oclif/core/flags'
import { ZkopsCommand } from '../../cli/base-command.ts'
import { MOST_DEPTH, TREE, TREE_PATH, TREE_PLACE, treeExitCode, treeOf } from '../../cli/tree-flags.ts'
import { diskUsage } from '../../operations/look-into/disk-usage.ts'
import { lookInto } from '../../operations/look-into/look.ts'
import { writeNcdu } from '../../operations/look-into/ncdu.ts'
import { diskUsageText } from '../../render/snapshot-du.ts'
import { usageJson } from '../../render/znode-json.ts'

const LISTED = 10

export default class SnapshotDu extends ZkopsCommand {
  static override summary = 'Show what takes the room: bytes and znodes by prefix and depth, largest and widest.'
  static override description =
    'Bytes are those of values; what a server keeps in memory for each znode besides is more. The widest parents are told with the bytes that a list of their children takes, which must fit in a packet (jute.maxbuffer) of clients. From a snapshot, or from a data directory at a moment: place first, then path. --ncdu writes the whole subtree as an export that ncdu -f opens.'
  static override examples = [
    { description: 'By prefix, one level.', command: '<%= config.bin %> <%= command.id %> version-2' },
    {
      description: 'One subtree, deeper, for a script.',
      command: '<%= config.bin %> <%= command.id %> version-2 /app --depth 3 --json',
    },
    {
      description: 'Look around with ncdu -f tree.ncdu.',
      command: '<%= config.bin %> <%= command.id %> version-2/snapshot.184 --ncdu tree.ncdu',
    },
  ]
  static override args = { place: TREE_PLACE, path: TREE_PATH }
  static override flags = {
    depth: Flags.integer({ char: 'd', summary: 'Levels of prefixes.', min: 0, max: MOST_DEPTH, default: 1 }),
    top: Flags.integer({
      summary: `How many of each list; ${LISTED} unless given, and all prefixes with --json.`,
      min: 1,
      max: 10_000,
    }),
    ncdu: Flags.string({ summary: 'Write an export for ncdu to this file.', helpValue: '<file>' }),
    ...TREE,
  }

  async run(): Promise<object> {
    const { args, flags } = await this.parse(SnapshotDu)
    const { signal, progress } = this
    const look = await lookInto({ ...treeOf(flags), place: args.place, signal, progress })
    const usage = diskUsage(look, { path: args.path, depth: flags.depth, top: flags.top })
    if (flags.ncdu !== undefined) await writeNcdu(look, args.path, { file: flags.ncdu, version: this.config.version })
    this.print(diskUsageText(usage, { style: this.stdoutTerminal.style, top: flags.top ?? LISTED }))
    if (!this.jsonEnabled()) this.reportBehind(look.findings)
    process.exitCode = treeExitCode(look.findings)
    return usageJson(usage, look)
  }
}
