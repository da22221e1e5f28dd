import * as Flags from '@oclif/core/flags'
import { ChangeCommand } from '../../cli/change-command.ts'
import { zookeeperLine } from '../../cli/config-flags.ts'
import { output } from '../../cli/log-flags.ts'
import { SNAPSHOT_PLACE } from '../../cli/snapshot-flags.ts'
import { TREE, treeOf } from '../../cli/tree-flags.ts'
import { planConvert } from '../../operations/convert-snapshot/convert.ts'
import type { ChangeResult, PlanResult } from '../../support/change.ts'

export default class SnapshotConvert extends ChangeCommand {
  static override summary = 'Write a snapshot anew: packed otherwise, for another release, or a part of it.'
  static override description =
    'For a snapshot that other servers are to load: with another compression, without the blocks that an older release does not know, without subtrees or sessions. The new directory holds one file with the name that a server reads, verified before it appears. Parents of kept znodes stay, and quotas go with their subtrees. Dropping sessions drops their ephemerals. The plan names every znode that goes. The digest is computed afresh when the given one is right, and left out when that cannot be known; a fuzzy snapshot stays fuzzy (snapshot build makes an exact one). Refused: containers and TTL znodes for 3.4, which would delete them; paths that are not there. Of a directory it is the newest snapshot that is whole; with --at (also: latest) the tree of that moment, unless the logs speak against it. A damaged snapshot is exit 3. The given file is only read.'
  static override examples = [
    {
      description: 'Unpacked, for servers before 3.6.',
      command:
        '<%= config.bin %> <%= command.id %> backup/snapshot.49 --compression none --zookeeper 3.5 --output converted --dry-run',
    },
    {
      description: 'One subtree, without sessions.',
      command:
        '<%= config.bin %> <%= command.id %> version-2/snapshot.184 --keep /app --sessions drop --output converted --execute',
    },
  ]
  static override args = { place: SNAPSHOT_PLACE }
  static override flags = {
    output,
    compression: Flags.option({
      summary: 'How the snapshot is packed, as the given one without it; servers before 3.6 read plain ones only.',
      options: ['none', 'gzip', 'snappy'] as const,
    })(),
    zookeeper: zookeeperLine({ summary: 'The release line that reads it; that which wrote the given one without it.' }),
    keep: Flags.string({
      summary: 'Keep these subtrees, their parents, and what every server has.',
      helpValue: '<path>',
      multiple: true,
    }),
    prune: Flags.string({ summary: 'Leave these subtrees out.', helpValue: '<path>', multiple: true }),
    sessions: Flags.option({
      summary: 'What becomes of sessions and their ephemerals.',
      options: ['keep', 'drop'] as const,
      default: 'keep' as const,
    })(),
    ...TREE,
  }

  async run(): Promise<PlanResult | ChangeResult> {
    const { args, flags } = await this.parse(SnapshotConvert)
    const change = await planConvert({
      ...flags,
      ...treeOf(args.place, flags),
      keep: flags.keep ?? [],
      prune: flags.prune ?? [],
      signal: this.signal,
      progress: this.progress,
    })
    return this.change(change, flags)
  }
}
