import * as Flags from '@oclif/core/flags'
import { ZkopsCommand } from '../../cli/base-command.ts'
import { lookOf, MOST_DEPTH, TREE, TREE_PATH, TREE_PLACE, treeExitCode } from '../../cli/tree-flags.ts'
import { duSnapshot } from '../../operations/du-snapshot.ts'
import { diskUsageText } from '../../render/snapshot-du.ts'
import { usageJson } from '../../render/znode-json.ts'

const LISTED = 10

export default class SnapshotDu extends ZkopsCommand {
  static override summary = 'Show what takes the room: bytes and znodes by prefix and depth, largest and widest.'
  static override description =
    'Bytes are those of values; what a server keeps in memory for each znode besides is more. The widest parents are told with the bytes that a list of their children takes, which must fit in a packet (jute.maxbuffer) of clients. From a snapshot, or from a data directory at a moment: place first, then path. A snapshot alone is read in constant memory, and its digest is not computed (snapshot verify does). --ncdu writes the whole subtree as an export that ncdu -f opens.'
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
    const found = await duSnapshot({
      ...lookOf(args, flags),
      depth: flags.depth,
      top: flags.top ?? (this.jsonEnabled() ? undefined : LISTED),
      ncdu: flags.ncdu === undefined ? undefined : { file: flags.ncdu, version: this.config.version },
      signal,
      progress,
    })
    this.print(diskUsageText(found.usage, this.stdoutTerminal.style))
    if (!this.jsonEnabled()) this.reportBehind(found.findings)
    process.exitCode = treeExitCode(found.findings)
    return usageJson(found)
  }
}
