import * as Flags from '@oclif/core/flags'
import { ZkopsCommand } from '../../cli/base-command.ts'
import { liveContext, liveOptions } from '../../cli/live-flags.ts'
import { ZNODE, ZNODE_FLAGS } from '../../cli/znode-flags.ts'
import { listZnode } from '../../operations/znode/list.ts'
import { listingJson } from '../../render/znode-json.ts'
import { listingText } from '../../render/znode-text.ts'

export default class ZnodeLs extends ZkopsCommand {
  static override summary = 'List the children of a znode of a live ensemble.'
  static override description =
    'Reads only, in a session that is closed at once; what one server has, which may be a little behind the leader: --sync makes it catch up first. A warning comes before a list that could be longer than the packets that clients take (jute.maxbuffer). --long takes a request for each child, --json reads the access lists as well.'
  static override examples = [
    { description: 'Children of the root.', command: '<%= config.bin %> <%= command.id %> --connect zk1:2181' },
    {
      description: 'With type, size and version, of the default ensemble.',
      command: '<%= config.bin %> <%= command.id %> /zookeeper --long --sync',
    },
  ]
  static override args = { znode: ZNODE }
  static override flags = {
    long: Flags.boolean({ char: 'l', summary: 'Type, bytes, children, version and time, too.' }),
    ...ZNODE_FLAGS,
  }

  async run(): Promise<object> {
    const { args, flags } = await this.parse(ZnodeLs)
    const depth = this.jsonEnabled() ? 'all' : flags.long ? 'stats' : 'names'
    const onFinding = this.jsonEnabled()
      ? () => {}
      : (finding: Parameters<typeof this.report>[0][0]) => this.report([finding])
    const request = { path: args.znode, sync: flags.sync, depth, onFinding } as const
    const found = await listZnode(liveOptions(flags), liveContext(this.signal), request)
    this.print(listingText(found.value, flags.long, this.stdoutTerminal.style))
    return listingJson(found.value, found)
  }
}
