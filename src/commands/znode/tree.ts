import * as Flags from '@oclif/core/flags'
import { ZkopsCommand } from '../../cli/base-command.ts'
import { liveContext, liveOptions } from '../../cli/live-flags.ts'
import { MOST_DEPTH } from '../../cli/tree-flags.ts'
import { ZNODE, ZNODE_FLAGS } from '../../cli/znode-flags.ts'
import { treeBelow } from '../../operations/look-into/listing.ts'
import { lookLive } from '../../operations/znode/look.ts'
import { branchJson, momentJson } from '../../render/znode-json.ts'
import { treeText } from '../../render/znode-text.ts'

export default class ZnodeTree extends ZkopsCommand {
  static override summary = 'Draw the tree below a znode of a live ensemble, with counts.'
  static override description =
    'Each line says how many znodes lie at and below, and how many bytes their values have. The whole subtree is walked, one request for each znode, which a large one feels: look into a snapshot of it then (snapshot tree). What changes meanwhile may be seen or not. Reads only.'
  static override examples = [
    { description: 'Two levels.', command: '<%= config.bin %> <%= command.id %> --connect zk1:2181' },
    {
      description: 'One subtree, for a script.',
      command: '<%= config.bin %> <%= command.id %> /zookeeper --depth 4 --limit 100 --json',
    },
  ]
  static override args = { znode: ZNODE }
  static override flags = {
    depth: Flags.integer({ char: 'd', summary: 'Levels below the znode.', min: 0, max: MOST_DEPTH, default: 2 }),
    limit: Flags.integer({ summary: 'Children of a znode that are shown.', min: 0, default: 20 }),
    ...ZNODE_FLAGS,
  }

  async run(): Promise<object> {
    const { args, flags } = await this.parse(ZnodeTree)
    const path = args.znode
    const walk = { path, sync: flags.sync, acls: false, progress: this.progress }
    return lookLive(liveOptions(flags), liveContext(this.signal), walk, (look) => {
      const branch = treeBelow(look, { ...flags, path })
      this.print(treeText(branch, this.stdoutTerminal.style))
      if (!this.jsonEnabled()) this.reportBehind(look.findings)
      return { ...branchJson(branch), ...momentJson(look) }
    })
  }
}
