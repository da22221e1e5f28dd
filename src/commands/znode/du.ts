import * as Flags from '@oclif/core/flags'
import { ZkopsCommand } from '../../cli/base-command.ts'
import { liveContext, liveOptions } from '../../cli/live-flags.ts'
import { MOST_DEPTH } from '../../cli/tree-flags.ts'
import { ZNODE, ZNODE_FLAGS } from '../../cli/znode-flags.ts'
import { diskUsage, TOP } from '../../operations/look-into/disk-usage.ts'
import { lookLive } from '../../operations/znode/look.ts'
import { diskUsageText } from '../../render/snapshot-du.ts'
import { usageJson } from '../../render/znode-json.ts'

export default class ZnodeDu extends ZkopsCommand {
  static override summary =
    'Show what takes the room in a live ensemble: bytes and znodes by prefix, largest and widest.'
  static override description =
    'Bytes are those of values; the widest parents are told with the bytes that a list of their children takes, which must fit in a packet (jute.maxbuffer) of clients. The whole subtree is walked, one request for each znode, which a large one feels: look into a snapshot of it then (snapshot du). Reads only.'
  static override examples = [
    { description: 'By prefix, one level.', command: '<%= config.bin %> <%= command.id %> --connect zk1:2181' },
    {
      description: 'One subtree, deeper, for a script.',
      command: '<%= config.bin %> <%= command.id %> /zookeeper --depth 3 --json',
    },
  ]
  static override args = { znode: ZNODE }
  static override flags = {
    depth: Flags.integer({ char: 'd', summary: 'Levels of prefixes.', min: 0, max: MOST_DEPTH, default: 1 }),
    top: Flags.integer({
      summary: `How many of each list; ${TOP} unless given, and all prefixes with --json.`,
      min: 1,
      max: 10_000,
    }),
    ...ZNODE_FLAGS,
  }

  async run(): Promise<object> {
    const { args, flags } = await this.parse(ZnodeDu)
    const path = args.znode
    const walk = { path, sync: flags.sync, acls: false, progress: this.progress }
    const top = flags.top ?? (this.jsonEnabled() ? undefined : TOP)
    return lookLive(liveOptions(flags), liveContext(this.signal), walk, (look) => {
      const usage = diskUsage(look, { path, depth: flags.depth, top })
      this.print(diskUsageText(usage, this.stdoutTerminal.style))
      if (!this.jsonEnabled()) this.reportBehind(look.findings)
      return usageJson({ ...look, usage })
    })
  }
}
