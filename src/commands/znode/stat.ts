import { ZkopsCommand } from '../../cli/base-command.ts'
import { liveContext, liveOptions } from '../../cli/live-flags.ts'
import { ZNODE, ZNODE_FLAGS } from '../../cli/znode-flags.ts'
import { statZnode } from '../../operations/znode/list.ts'
import { momentJson, znodeJson } from '../../render/znode-json.ts'
import { statText } from '../../render/znode-text.ts'

export default class ZnodeStat extends ZkopsCommand {
  static override summary = 'Show the stat and the access list of a znode of a live ensemble.'
  static override description =
    "The fields of zkCli's stat, the kind of the znode and its access list. Reads only. The list is null where it may not be read (--auth-user super may). Servers do not tell containers and TTL nodes from persistent ones, nor null data from empty data (znode get does)."
  static override examples = [
    { description: 'One server.', command: '<%= config.bin %> <%= command.id %> /zookeeper --connect zk1:2181' },
    { description: 'For a script.', command: '<%= config.bin %> <%= command.id %> /zookeeper/config --json' },
  ]
  static override args = { znode: ZNODE }
  static override flags = ZNODE_FLAGS

  async run(): Promise<object> {
    const { args, flags } = await this.parse(ZnodeStat)
    const request = { path: args.znode, sync: flags.sync }
    const found = await statZnode(liveOptions(flags), liveContext(this.signal), request)
    this.print(statText(found.value, found, this.stdoutTerminal.style))
    if (!this.jsonEnabled()) this.reportBehind(found.findings)
    return { ...znodeJson(found.value, found), ...momentJson(found) }
  }
}
